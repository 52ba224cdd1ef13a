"""The fleet's network as the plain tables that `upay network load` reads."""
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from demo.noise import pick
from demo.people import mobile_of, names_of
from demo.places import Area
from demo.plan import PER_DTR, SLOTS, Fleet
from demo.seasons import date_of

_DTRS_PER_ZONE, _DTRS_PER_FEEDER, _FEEDERS_PER_SUBSTATION = 5, 20, 4
_CAPACITIES = (100, 160, 250)
_OF_A_DTR = {"capacity": len(_CAPACITIES), "north": 400, "east": 400}


def number_of(fleet: Fleet, connection: int) -> str:
    """A connection's 10-digit number: its area's three digits, and seven more."""
    return f"{_area(fleet, connection // PER_DTR).prefix}{(connection * 7919 + 2_604_117) % 10_000_000:07d}"


def write_network(fleet: Fleet, folder: Path, made_wh: int) -> None:
    """Write zones.csv … installations.csv. made_wh: the exchanged meter's register when it was taken down."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[dict[str, Any]]] = {**_wires(fleet), **_ends(fleet, made_wh)}
    for name, table in tables.items():
        pl.DataFrame(table, infer_schema_length=None).write_csv(folder / f"{name}.csv")


def _wires(fleet: Fleet) -> dict[str, list[dict[str, Any]]]:
    zones, substations, feeders, dtrs = [], [], [], []
    seen: dict[str, int] = {}
    index = np.arange(fleet.dtrs)
    capacity, north, east = (pick(fleet.seed, what, index, among) for what, among in _OF_A_DTR.items())
    for dtr in range(fleet.dtrs):
        area = _area(fleet, dtr)
        within = seen[area.code] = seen.get(area.code, -1) + 1
        feeder = within * _feeders(fleet) // _in_zone(fleet, area)
        place = area.localities[within % len(area.localities)]
        station = feeder // _FEEDERS_PER_SUBSTATION
        codes = {"zone": area.code, "substation": f"{area.code}-S{station + 1}", "feeder": f"{area.code}-F{feeder + 1}"}
        part = area.localities[feeder % len(area.localities)]
        if within == 0:
            zones.append(
                {"code": area.code, "name": area.name, "name_hi": area.name_hi, "area_class": area.area_class}
                | {"latitude": area.latitude, "longitude": area.longitude}
            )
        if not substations or substations[-1]["code"] != codes["substation"]:
            home = area.localities[station % len(area.localities)]
            names = {"name": f"{home.name} 33/11 kV", "name_hi": f"{home.name_hi} 33/11 केवी"}
            substations.append({"code": codes["substation"], "zone": codes["zone"]} | names)
        if not feeders or feeders[-1]["code"] != codes["feeder"]:
            names = {"name": f"{part.name} feeder {feeder + 1}", "name_hi": f"{part.name_hi} फीडर {feeder + 1}"}
            feeders.append({"code": codes["feeder"], "substation": codes["substation"]} | names)
        dtrs.append(
            {"code": f"{area.code}-T{within + 1:04d}", "feeder": codes["feeder"]}
            | {"name": f"{place.name} T-{within + 1}", "name_hi": f"{place.name_hi} टी-{within + 1}"}
            | {"capacity_kva": _CAPACITIES[capacity[dtr]]}
            | {"latitude": round(area.latitude + (north[dtr] - 200) / 1e4, 4)}
            | {"longitude": round(area.longitude + (east[dtr] - 200) / 1e4, 4)}
        )
    return {"zones": zones, "substations": substations, "feeders": feeders, "dtrs": dtrs}


def _ends(fleet: Fleet, made_wh: int) -> dict[str, list[dict[str, Any]]]:
    traits, state, codes = fleet.traits, fleet.state, _dtr_codes(fleet)
    began, exchanged = _instant(fleet.first_day * SLOTS), _instant(fleet.change.first)
    connections, meters, installations = [], [], []
    all_of_them = np.arange(fleet.connections)
    house, since = (pick(fleet.seed, what, all_of_them, among) for what, among in (("house", 240), ("since", 5_000)))
    names = names_of(fleet.seed, traits.shop.tolist())

    def install(serial: str, kind: str, connection: str, dtr: str, at: str, register: int, **ending: object) -> None:
        meters.append({"serial": serial, "kind": kind, "minutes": 30})
        place = {"serial": serial, "connection": connection, "dtr": dtr, "from_at": at, "from_register_wh": register}
        installations.append(place | {"to_at": None, "to_register_wh": None} | ending)

    for index in range(fleet.connections):
        dtr = index // PER_DTR
        area, shop, number = _area(fleet, dtr), bool(traits.shop[index]), number_of(fleet, index)
        part = area.localities[dtr % len(area.localities)]
        connections.append(
            {
                "number": number,
                "dtr": codes[dtr],
                "consumer_name": names[index],
                "address": f"{1 + house[index]}, {part.name}, {area.name}",
                "mobile": mobile_of(index),
                "category": state.shop_category if shop else state.home_category,
                "tariff_id": state.shop_tariff if shop else state.home_tariffs[area.area_class == "rural"],
                "sanctioned_load_w": int(traits.load_w[index]),
                "prepaid": bool(traits.prepaid[index]),
                "has_solar": bool(traits.kwp[index] > 0),
                "energised_on": date_of(fleet.first_day - 200 - since[index]),
            }
        )
        register = int(traits.register_wh[index])
        ending = {"to_at": exchanged, "to_register_wh": made_wh} if index == fleet.change.connection else {}
        install(fleet.serial(index), "consumer", number, "", began, register, **ending)
        if index == fleet.change.connection:
            install(fleet.serial(index, changed=True), "consumer", number, "", exchanged, 0)
    for dtr in range(fleet.dtrs):
        install(fleet.dtr_serial(dtr), "dtr", "", codes[dtr], began, 0)
    return {"connections": connections, "meters": meters, "installations": installations}


def _instant(slot: int) -> str:
    """An absolute slot as the product reads instants."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * slot - 330)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _zones(fleet: Fleet) -> int:
    return max(1, min(len(fleet.state.areas), fleet.dtrs // _DTRS_PER_ZONE))


def _area(fleet: Fleet, dtr: int) -> Area:
    return fleet.state.areas[dtr * _zones(fleet) // fleet.dtrs]


def _in_zone(fleet: Fleet, area: Area) -> int:
    place = fleet.state.areas.index(area)
    bounds = [-(-turn * fleet.dtrs // _zones(fleet)) for turn in (place, place + 1)]
    return bounds[1] - bounds[0]


def _feeders(fleet: Fleet) -> int:
    """Feeders of a zone: two at least where there are DTRs for them."""
    each = fleet.dtrs // _zones(fleet)
    return max(min(2, each), -(-each // _DTRS_PER_FEEDER))


def _dtr_codes(fleet: Fleet) -> list[str]:
    return [row["code"] for row in _wires(fleet)["dtrs"]]
