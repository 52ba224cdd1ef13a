"""A small network as a utility would hand it over."""
import polars as pl

ZONES = [{"code": "BLY", "name": "Civil Lines", "name_hi": "सिविल लाइन्स", "area_class": "urban"}]
SUBSTATIONS = [{"code": "S1", "zone": "BLY", "name": "Kutubkhana", "name_hi": "कुतुबखाना"}]
FEEDERS = [{"code": "F1", "substation": "S1", "name": "Market", "name_hi": "बाज़ार"}]
DTRS = [{"code": "D1", "feeder": "F1", "name": "Gali 1", "name_hi": "गली 1", "capacity_kva": "100"}]
CONNECTIONS = [
    {
        "number": number,
        "dtr": "D1",
        "consumer_name": name,
        "tariff_id": "up-lmv1-urban",
        "sanctioned_load_w": "2000",
        "mobile": "+916000000001",
        "has_solar": "no",
    }
    for number, name in (("2810000001", "Sunita Verma"), ("2810000002", "Imran Khan"))
]
METERS = [{"serial": serial, "kind": kind} for serial, kind in (("M1", "consumer"), ("M2", "consumer"), ("T1", "dtr"))]
INSTALLATIONS = [
    {"serial": "M1", "connection": "2810000001", "dtr": "", "from_at": "2025-01-01T00:00:00+05:30", "to_at": ""},
    {"serial": "M2", "connection": "2810000002", "dtr": "", "from_at": "2025-01-01T00:00:00+05:30", "to_at": ""},
    {"serial": "T1", "connection": "", "dtr": "D1", "from_at": "2025-01-01T00:00:00+05:30", "to_at": ""},
]


def network(**changed):
    """The tables as frames of text; those named are taken from the arguments."""
    rows = {
        "zones": ZONES,
        "substations": SUBSTATIONS,
        "feeders": FEEDERS,
        "dtrs": DTRS,
        "connections": CONNECTIONS,
        "meters": METERS,
        "installations": INSTALLATIONS,
    } | changed
    return {name: pl.DataFrame(table, infer_schema_length=None) for name, table in rows.items()}
