"""The head-end against doors that only remember what was posted."""
import json
from collections import Counter
from io import BytesIO

import httpx
import numpy as np
import polars as pl
import pytest

from demo.door import Door, Refused
from demo.events import events
from demo.feed import Feed
from demo.frames import BLOCK_S, DAY_S, IST_S, Registers
from demo.headend import HeadEnd
from demo.history import write_events
from demo.pace import Pace
from demo.readings import read_meters
from tests.demo.fleets import UNTIL, everything, fleet

MIDNIGHT = UNTIL * DAY_S - IST_S


class Clock:
    """A clock that moves on whenever somebody waits, and ends at a time."""

    def __init__(self, now_s, end_s):
        self.at_s, self.end_s = now_s, end_s

    def now_s(self):
        return self.at_s

    @property
    def ended(self):
        return self.at_s >= self.end_s

    def wait(self, seconds):
        self.at_s += max(seconds, 1)
        return not self.ended


class Doors:
    """Doors that take everything, and remember it."""

    def __init__(self, clock=None):
        self.clock, self.posts, self.keys = clock, [], []

    def wait_until_open(self):
        return True

    def post(self, path, body, content_type, key=None):
        if content_type == "application/vnd.apache.parquet":
            rows = pl.read_parquet(BytesIO(body))
        elif content_type == "text/csv":
            rows = pl.read_csv(BytesIO(body))
        else:
            rows = pl.read_ndjson(body, infer_schema_length=None)
        self.posts.append((path, rows, self.clock.now_s() if self.clock else None))
        self.keys.append(key)
        return True

    def rows(self, path):
        return [(frame, at_s) for posted, frame, at_s in self.posts if posted.endswith(path)]

    def blocks(self):
        return Counter(row for frame, _ in self.rows("reads") for row in frame.select("meter", "start_s").rows())


def standing(of):
    registers = Registers(of)
    registers.over(everything(of))
    return registers.standing


def run(tmp_path, now_s, end_s=None, of=None, once=False):
    of = of or fleet(connections=30, days=5)
    clock = Clock(now_s, end_s or now_s + 1)
    doors = Doors(clock)
    HeadEnd(of, standing(of), doors, clock, tmp_path / "headend.json").run(once=once)
    return of, doors


def test_it_catches_up_from_the_end_of_history_and_tells_no_future(tmp_path):
    of, doors = run(tmp_path, MIDNIGHT + 2 * DAY_S + 12 * 3600, once=True)
    read = read_meters(of, np.arange(UNTIL, UNTIL + 3), 0, of.dtrs)
    blocks = doors.blocks()

    assert min(start for _, start in blocks) == MIDNIGHT
    assert max(start for _, start in blocks) + BLOCK_S <= MIDNIGHT + 2 * DAY_S + 12 * 3600
    # everything of the first day has arrived by noon of the third
    assert sum(start < MIDNIGHT + DAY_S for _, start in blocks) == read.present[0].sum()
    assert len(doors.rows("live")) == 1


def test_some_blocks_come_late_and_some_twice(tmp_path):
    _, doors = run(tmp_path, MIDNIGHT + 3 * DAY_S, once=True)
    counts = doors.blocks()
    twice = sum(count == 2 for count in counts.values()) / len(counts)
    assert 0.003 < twice < 0.03

    of = fleet(connections=30, days=5)
    feed = Feed(of, standing(of))
    evening = MIDNIGHT + 20 * 3600
    on_time = pl.concat(list(feed.blocks(evening - 300, evening)))
    between = pl.concat(list(feed.blocks(evening, evening + 1500)))
    assert len(on_time.filter(pl.col("start_s") == evening - BLOCK_S)) > 20
    assert 0 < len(between) < 20
    assert between["start_s"].min() >= evening - 5 * 3600


def test_stopping_and_going_on_posts_the_same_as_never_stopping(tmp_path):
    noon, evening = MIDNIGHT + 12 * 3600, MIDNIGHT + 19 * 3600
    _, whole = run(tmp_path / "whole", evening, once=True)
    _, first = run(tmp_path / "parts", noon, once=True)
    _, second = run(tmp_path / "parts", evening, once=True)

    assert first.blocks() + second.blocks() == whole.blocks()


def test_the_same_window_goes_under_the_same_key(tmp_path):
    keys = [run(tmp_path / name, MIDNIGHT + 4 * 3600, once=True)[1].keys for name in ("one", "two")]

    assert keys[0] == keys[1]
    given = [key for key in keys[0] if key]
    assert len(set(given)) == len(given) and all(len(key) <= 100 for key in given)


def test_live_readings_come_every_five_seconds_and_blocks_on_the_half_hour(tmp_path):
    half_past = MIDNIGHT + 9 * 3600 + 1800
    _, doors = run(tmp_path, half_past - 30, half_past + 30)
    live = [int(at_s - half_past) for _, at_s in doors.rows("live")]
    fresh = [at_s for frame, at_s in doors.rows("reads") if (frame["start_s"] == half_past - BLOCK_S).any()]

    assert live == [-30, -25, -20, -15, -10, -5, 0, 5, 10, 15, 20, 25]
    assert fresh[0] == half_past


def test_power_moves_and_the_register_runs_to_the_energy_of_the_block(tmp_path):
    of = fleet(connections=30, days=5)
    feed = Feed(of, standing(of))
    start = MIDNIGHT + 20 * 3600
    read = read_meters(of, np.array([UNTIL]), 0, of.dtrs)
    frames = [pl.concat(list(feed.live(start + second))) for second in range(0, 1800, 5)]
    end = pl.concat(list(feed.live(start + 1800)))

    assert (end["register_wh"] - frames[0]["register_wh"]).to_list() == pytest.approx(
        read.metered_wh[0, :30, 40].tolist(), abs=1
    )
    # the mean of the power over the half-hour is twice its energy
    power = np.stack([frame["power_w"].to_numpy() for frame in frames])
    assert power.mean(axis=0) == pytest.approx(2 * read.metered_wh[0, :30, 40], abs=2)
    assert (power[:, 0].std() > 10) and all(np.diff([f["register_wh"][0] for f in frames]) >= 0)


def test_events_go_on_where_history_ends(tmp_path):
    of = fleet(days=100)
    write_events(of, tmp_path / "events.csv")
    past = pl.read_csv(tmp_path / "events.csv")
    _, doors = run(tmp_path, MIDNIGHT + 30 * DAY_S, of=of, once=True)
    later = pl.concat([frame for frame, _ in doors.rows("events")])
    codes = dict(past["code"].value_counts().rows())

    assert codes[101] == codes[102] > 75
    assert codes[201] > 5 and codes[203] > 5 and codes[9] == codes[10]
    assert past["at_s"].max() < MIDNIGHT <= later["at_s"].min()
    whole = events(of, of.first_day * DAY_S - IST_S - 1, MIDNIGHT + 30 * DAY_S)
    assert pl.concat([past, later]).sort("at_s", "meter", "code").equals(whole)


def test_a_hurried_clock_catches_up_and_then_keeps_the_true_time():
    true = iter([1000.0, 1000.0, 1001.0, 1010.0, 1020.0])
    pace = Pace(60, 400.0, lambda: next(true))

    # 60 s a second from 400 on: 400, 460, 1000; ten seconds later it would be 1600, but now is 1020
    assert [pace.now_s() for _ in range(4)] == [400.0, 460.0, 1000.0, 1020.0]


def door(answers, clock):
    given = iter(answers)

    def answer(request):
        status, content = next(given)
        if status is None:
            raise httpx.ConnectError("nobody there", request=request)
        return httpx.Response(status, content=json.dumps(content))

    return Door("http://door", "key", clock, httpx.MockTransport(answer))


def test_the_door_tries_again_while_the_product_is_away_or_in_trouble():
    clock = Clock(0, 1e9)
    with door([(None, {}), (503, {}), (429, {}), (200, {"accepted": 1})], clock) as opened:
        assert opened.post("/api/v1/reads", b"", "text/csv", "k")
    assert clock.at_s > 3


def test_a_batch_turned_down_is_left_and_a_bad_key_ends_the_head_end():
    with door([(422, {"code": "reads.missing_column"}), (401, {"code": "reads.bad_key"})], Clock(0, 1e9)) as opened:
        assert opened.post("/api/v1/reads", b"", "text/csv")
        with pytest.raises(Refused):
            opened.post("/api/v1/reads", b"", "text/csv")


def test_the_door_gives_up_when_told_to_end():
    with door([(None, {})] * 9, Clock(0, 3)) as opened:
        assert not opened.post("/api/v1/reads", b"", "text/csv")
