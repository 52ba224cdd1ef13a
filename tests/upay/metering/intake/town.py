"""A small town to send readings from: two zones, a few meters; and the ways a head-end writes a batch."""
import gzip
import io
from datetime import UTC, datetime, timedelta

import polars as pl
import zstandard

from upay.clock import IST
from upay.db import session
from upay.metering import intake
from upay.network import Dtr, Feeder, Meter, MeterInstallation, Substation, Zone, bump_registry
from upay.settings import settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=IST).astimezone(UTC)
TEN = "2026-11-23T10:00:00+05:30"
TEN_S = 1_795_408_200  # 2026-11-23 04:30 UTC = 10:00 IST
HALF_HOUR = 1_800

FORMS = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "arrow stream": "application/vnd.apache.arrow.stream",
    "arrow file": "application/vnd.apache.arrow.file",
}
CODINGS = {None: bytes, "gzip": gzip.compress, "zstd": zstandard.compress}


def build_town() -> None:
    """Zones LKO (meters A, B, C, and Q of 15 minutes) and KNP (meter K); meter Z stands nowhere; north has a key."""
    with session() as db:
        for zone, serials in {"LKO": "ABCQ", "KNP": "K"}.items():
            place = Zone(code=zone, name=zone, name_hi=zone)
            db.add(place)
            db.flush()
            substation = Substation(zone_id=place.id, code=f"S-{zone}", name=zone, name_hi=zone)
            db.add(substation)
            db.flush()
            feeder = Feeder(substation_id=substation.id, code=f"F-{zone}", name=zone, name_hi=zone)
            db.add(feeder)
            db.flush()
            dtr = Dtr(feeder_id=feeder.id, code=f"D-{zone}", name=zone, name_hi=zone, capacity_kva=100)
            db.add(dtr)
            db.flush()
            for serial in serials:
                install(db, serial, dtr.id, 15 if serial == "Q" else 30)
        db.add(Meter(serial="Z"))
        bump_registry(db)
        intake.issue(db, "north", None, NOW)


def install(db, serial, dtr_id, minutes=30) -> None:
    """A meter that stands at a DTR since last year."""
    meter = Meter(serial=serial, minutes=minutes)
    db.add(meter)
    db.flush()
    db.add(MeterInstallation(meter_id=meter.id, dtr_id=dtr_id, from_at=NOW - timedelta(days=365)))



def row(meter="A", start=TEN, wh=420, **more):
    """One row as a head-end writes it."""
    return {"meter": meter, "start": start, "wh": wh, **more}


def written(rows, form="ndjson") -> bytes:
    """The rows as a body."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    out = io.BytesIO()
    if form == "csv":
        frame.write_csv(out)
    elif form == "ndjson":
        frame.write_ndjson(out)
    elif form == "parquet":
        frame.write_parquet(out)
    elif form == "arrow stream":
        frame.write_ipc_stream(out)
    else:
        frame.write_ipc(out)
    return out.getvalue()


def send(body, form="ndjson", *, key=None, coding=None, source="head-end:north", now=NOW, zones=None):
    """Take a batch (rows or a body) as the HTTP door does, commit, and give the answer."""
    content = body if isinstance(body, bytes) else written(body, form)
    with session() as db:
        return intake.take_reads(db, content, FORMS.get(form, form), coding, source, key, now, zones)


def verdict_of(one, **how):
    """The code that a single row fails with, or None when it is taken."""
    answer = send([one], **how)
    return answer["verdicts"][0]["code"] if answer["verdicts"] else None


def landed() -> pl.DataFrame:
    """Everything that acknowledged batches have on disk."""
    files = sorted(settings().landing.rglob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame()
