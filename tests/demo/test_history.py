"""History: files of whole days, registers that count on, tables that fit together."""
from itertools import pairwise

import numpy as np
import polars as pl

from demo.frames import BLOCK_S, DAY_S, IST_S, Registers, register_at_change
from demo.history import write_history
from demo.network import number_of, write_network
from demo.plan import SLOTS
from demo.store import Store, read
from tests.demo.fleets import everything, fleet


def made(of, folder):
    registers = Registers(of)
    rows = sum(write_history(of, folder, registers))
    return rows, registers, pl.read_parquet(folder / "*.parquet")


def test_files_in_the_order_of_their_names_are_in_the_order_of_time(tmp_path):
    of = fleet()
    rows, _, whole = made(of, tmp_path)
    spans = [
        pl.read_parquet(path)["start_s"].sort().gather([0, -1]).to_list() for path in sorted(tmp_path.glob("*.parquet"))
    ]

    assert len(whole) == rows == everything(of).present.sum()
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    assert all((first + IST_S) % DAY_S == 0 for first, _ in spans)
    assert whole.select("serial", "start_s").is_duplicated().sum() == 0


def test_registers_count_what_the_blocks_say_from_day_to_day(tmp_path):
    of = fleet(days=40)
    _, registers, whole = made(of, tmp_path)
    read = everything(of)
    for connection in (0, 1, 20):
        rows = whole.filter(serial=of.serial(connection)).filter(pl.col("register_wh").is_not_null()).sort("start_s")
        day = ((rows["start_s"] + IST_S) // DAY_S - of.first_day).to_numpy()
        counted = np.cumsum(read.metered_wh[:, connection].sum(axis=1)) + of.traits.register_wh[connection]
        assert rows["register_wh"][1:].to_list() == counted[day[1:] - 1].tolist()
        assert registers.standing[connection] == counted[-1]


def test_an_exchanged_meter_stops_and_the_new_one_begins_at_nothing(tmp_path):
    of = fleet()
    _, registers, whole = made(of, tmp_path)
    moment = of.change.first * BLOCK_S - IST_S
    changed = of.change.connection
    old, new = (whole.filter(serial=of.serial(changed, late)).sort("start_s") for late in (False, True))

    assert old["start_s"].max() < moment <= new["start_s"].min()
    assert new["register_wh"].drop_nulls()[0] == 0
    metered = everything(of).metered_wh[:, of.change.connection].ravel()
    at = of.change.first - of.first_day * SLOTS
    assert register_at_change(of) == of.traits.register_wh[of.change.connection] + metered[:at].sum()
    assert registers.standing[of.change.connection] == metered[at:].sum()


def test_a_large_fleet_is_written_in_several_files_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr("demo.history._BLOCKS_A_FILE", 2_000)
    of = fleet(days=2)
    _, _, split = made(of, tmp_path / "split")
    monkeypatch.undo()
    _, _, whole = made(of, tmp_path / "whole")

    assert len(list((tmp_path / "split").glob("*.parquet"))) == 6
    assert split.sort("serial", "start_s").equals(whole.sort("serial", "start_s"))


def test_the_tables_of_the_network_fit_together(tmp_path):
    of = fleet(connections=500, days=10)
    write_network(of, tmp_path, 1234)
    table = {path.stem: pl.read_csv(path, infer_schema=False) for path in tmp_path.glob("*.csv")}

    for child, column, parent, key in (
        ("substations", "zone", "zones", "code"),
        ("feeders", "substation", "substations", "code"),
        ("dtrs", "feeder", "feeders", "code"),
        ("connections", "dtr", "dtrs", "code"),
        ("installations", "serial", "meters", "serial"),
    ):
        assert set(table[child][column]) <= set(table[parent][key])
        assert table[parent][key].is_unique().all()
    assert table["connections"]["number"].is_unique().all()
    assert len(table["zones"]) == 4
    assert len(table["meters"]) == 500 + 20 + 1


def test_numbers_stay_apart_in_a_fleet_of_a_hundred_thousand():
    of = fleet(connections=100_000)

    assert len({number_of(of, connection) for connection in range(0, 100_000, 7)}) == len(range(0, 100_000, 7))


def test_the_manifest_names_every_special_case(tmp_path):
    of = fleet()
    store = Store(tmp_path)
    store.plan(of, {connection: number_of(of, connection) for connection in range(of.connections)})

    told = read(tmp_path / "demo/fleet.json")["specials"]
    assert store.fleet() == of
    assert {case["kind"] for case in told} >= {"stuck", "spike", "meter_change", "theft_magnet", "outage", "sag"}
    assert next(case for case in told if case["kind"] == "meter_change")["from"].endswith("T11:30:00+05:30")
