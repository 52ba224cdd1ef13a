"""Green Button files of others: their multipliers, directions, qualities, links and liberties."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upay.errors import Problem
from upay.metering.files.greenbutton import read_greenbutton
from upay.metering.models import Quality

T0 = 1_330_578_000


def entry(own: str, up: str, content: str, related: tuple[str, ...] = (), title: str = "") -> str:
    links = f'<link rel="self" href="{own}"/><link rel="up" href="{up}"/>'
    links += "".join(f'<link rel="related" href="{href}"/>' for href in related)
    return f"<entry><id>urn:uuid:x</id>{links}<title>{title}</title><content>{content}</content></entry>"


def point(number: str = "01", title: str = "", kind: int = 0, root: str = "RetailCustomer/9/") -> str:
    service = f'<UsagePoint xmlns="http://naesb.org/espi"><ServiceCategory><kind>{kind}</kind></ServiceCategory></UsagePoint>'
    return entry(f"{root}UsagePoint/{number}", f"{root}UsagePoint", service, title=title)


def reading(usage_point: str = "01", number: str = "01", kind: str | None = "07") -> str:
    root = "RetailCustomer/9/"
    own = f"{root}UsagePoint/{usage_point}/MeterReading/{number}"
    related = (f"{own}/IntervalBlock", *((f"ReadingType/{kind}",) if kind else ()))
    return entry(own, own.rpartition("/")[0], '<MeterReading xmlns="http://naesb.org/espi"/>', related)


def kind(number: str = "07", **values: int) -> str:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return entry(f"ReadingType/{number}", "ReadingType", f'<ReadingType xmlns="http://naesb.org/espi">{inside}</ReadingType>')


def block(
    values: list[tuple[int, int]],
    usage_point: str = "01",
    number: str = "01",
    seconds: int = 900,
    quality: str = "",
    root: str = "RetailCustomer/9/",
) -> str:
    up = f"{root}UsagePoint/{usage_point}/MeterReading/{number}/IntervalBlock"
    inside = "".join(
        f"<IntervalReading>{quality}<timePeriod><duration>{seconds}</duration><start>{T0 + seconds * slot}</start>"
        f"</timePeriod><value>{value}</value></IntervalReading>"
        for slot, value in values
    )
    return entry(f"{up}/1", up, f'<IntervalBlock xmlns="http://naesb.org/espi">{inside}</IntervalBlock>')


def feed(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'.encode()


def rows(content, *columns: str):
    return content.reads.select(columns or ("start_s", "minutes", "wh")).rows()


def test_readings_in_watt_hours_at_their_instants():
    content = read_greenbutton(feed(point(title="your house"), reading(), block([(0, 324), (1, 321)]), kind(uom=72)))
    assert content.meters == ["your house"]
    assert rows(content) == [(T0, 15, 324), (T0 + 900, 15, 321)]


@pytest.mark.parametrize(("power", "expected"), [(3, 5_000), (0, 5), (-1, 1), (-3, 0)])
def test_the_power_of_ten_scales_them_half_up(power, expected):
    # 5 × 10⁻¹ = 0.5 Wh, half up: 1
    content = read_greenbutton(feed(point(), reading(), block([(0, 5)]), kind(uom=72, powerOfTenMultiplier=power)))
    assert content.reads["wh"].to_list() == [expected]


def test_delivered_and_received_energy_meet_in_one_block():
    content = read_greenbutton(
        feed(
            point(),
            reading(number="in", kind="1"),
            reading(number="out", kind="19"),
            kind("1", flowDirection=1),
            kind("19", flowDirection=19),
            block([(0, 10), (1, 20)], number="in"),
            block([(1, 700), (2, 800)], number="out"),
        )
    )
    assert sorted(rows(content, "start_s", "wh", "export_wh")) == [
        (T0, 10, None),
        (T0 + 900, 20, 700),
        (T0 + 1800, None, 800),
    ]


def test_a_net_reading_is_import_where_positive_and_export_where_negative():
    content = read_greenbutton(feed(point(), reading(), kind(flowDirection=4), block([(0, 10), (1, -30)])))
    assert rows(content, "wh", "export_wh") == [(10, 0), (0, 30)]


def test_every_usage_point_is_a_meter_of_its_own():
    content = read_greenbutton(
        feed(
            point("a", "Shop"),
            point("b", "Home"),
            reading("a"),
            reading("b"),
            kind(uom=72),
            block([(0, 1)], "a"),
            block([(0, 2)], "b"),
        )
    )
    assert content.aliases == {"Shop": ("Shop", "a"), "Home": ("Home", "b")}
    assert rows(content, "meter", "wh") == [("Shop", 1), ("Home", 2)]


def test_usage_points_of_one_title_go_by_their_links():
    points = (point("a", "Home"), point("b", "Home"))
    content = read_greenbutton(
        feed(*points, reading("a"), reading("b"), block([(0, 1)], "a"), block([(0, 2)], "b"))
    )
    assert content.meters == ["a", "b"]


def test_links_may_be_absolute():
    root = "https://data.example.com/espi/1_1/resource/RetailCustomer/9/"
    content = read_greenbutton(feed(point(root=root), reading(), block([(0, 3)], root=root), kind(uom=72)))
    assert content.reads["wh"].to_list() == [3]


def test_a_feed_of_interval_blocks_alone_is_one_meters():
    assert rows(read_greenbutton(feed(block([(0, 3)])))) == [(T0, 15, 3)]


def test_a_reading_without_a_type_is_delivered_watt_hours():
    content = read_greenbutton(feed(point(), reading(kind=None), block([(0, 3)], seconds=3600)))
    assert rows(content, "minutes", "wh", "export_wh") == [(60, 3, None)]


@pytest.mark.parametrize(
    ("codes", "quality"),
    [
        ((), None),
        ((0,), None),
        ((17,), None),
        ((14, 10), None),
        ((99,), None),
        ((7,), Quality.MANUAL),
        ((8,), Quality.LIKE_DAY),
        ((9,), Quality.LINEAR),
        ((11,), Quality.PROFILE),
        ((12,), Quality.PROFILE),
    ],
)
def test_what_the_sender_says_of_a_reading_stays_with_it(codes, quality):
    said = "".join(f"<ReadingQuality><quality>{code}</quality></ReadingQuality>" for code in codes)
    content = read_greenbutton(feed(point(), reading(), block([(0, 3)], quality=said)))
    assert content.reads["quality"].to_list() == [quality]


def test_gas_and_demand_are_left_out_and_named():
    content = read_greenbutton(
        feed(
            point("g", "Gas", kind=1),
            point("e", "Home"),
            reading("e", "energy", "1"),
            reading("e", "demand", "2"),
            reading("g", "gas", "1"),
            kind("1", uom=72),
            kind("2", uom=38),
            block([(0, 1)], "e", "energy"),
            block([(0, 2)], "e", "demand"),
            block([(0, 3)], "g", "gas"),
        )
    )
    assert rows(content, "meter", "wh") == [("Home", 1)]
    assert sorted(remark.code for remark in content.remarks) == ["files.no_usage_point", "files.not_energy"]


def test_of_the_same_energy_in_shorter_and_longer_blocks_the_shorter_are_taken():
    content = read_greenbutton(
        feed(
            point(),
            reading(number="q", kind="1"),
            reading(number="d", kind="1"),
            kind("1", uom=72),
            block([(0, 1), (1, 2)], number="q"),
            block([(0, 99)], number="d", seconds=86_400),
        )
    )
    assert content.reads["wh"].to_list() == [1, 2]
    assert [remark.code for remark in content.remarks] == ["files.longer_blocks"]


def test_a_reading_without_a_time_is_left_out_and_counted():
    bad = block([(0, 3), (1, 4)]).replace(f"<start>{T0}</start>", "<start/>")
    content = read_greenbutton(feed(point(), reading(), bad))
    assert content.reads["wh"].to_list() == [4]
    assert content.remarks[0].params["count"] == 1


BOMB = b"""<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&x;</title></feed>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "files.bad_xml"),
        (FILE, "files.bad_xml"),
        (feed(point())[:-20], "files.bad_xml"),
        (b"<a>" * 5_000, "files.bad_xml"),
        (feed(point()), "files.no_readings"),
        (b"<html><body>Sign in first</body></html>", "files.no_readings"),
    ],
)
def test_hostile_broken_and_empty_documents_are_refused(content, code):
    with pytest.raises(Problem) as raised:
        read_greenbutton(content)
    assert raised.value.code == code


@settings(deadline=None)
@given(st.integers(0, 4_000), st.binary(max_size=8))
def test_a_damaged_feed_is_read_or_refused(at, junk):
    whole = feed(point(), reading(), kind(uom=72), block([(slot, slot) for slot in range(8)]))
    damaged = whole[: at % len(whole)] + junk + whole[at % len(whole) + len(junk) :]
    try:
        read_greenbutton(damaged)
    except Problem as problem:
        assert problem.code in ("files.bad_xml", "files.no_readings")
