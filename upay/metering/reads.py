"""The one shape of readings inside the house, from the intake door to the closing of the day."""
import polars as pl

SCHEMA = pl.Schema(
    {
        "meter_id": pl.Int64(),
        "start_s": pl.Int64(),  # start of the block, seconds since 1970 UTC
        "minutes": pl.Int16(),  # length of the block: 15, 30, 60 or 1440
        "wh": pl.Int32(),  # energy imported in the block
        "export_wh": pl.Int32(),  # energy exported; null where the meter does not measure it
        "vah": pl.Int32(),  # apparent energy; may be null
        "dv": pl.Int16(),  # mean voltage in decivolts; may be null
        "ca": pl.Int32(),  # mean current in centiamperes; may be null
        "register_wh": pl.Int64(),  # cumulative import register at the start of the block; may be null
        "quality": pl.Int8(),  # what the sender says of the block, as a `Quality`; null: read as it is
    }
)
