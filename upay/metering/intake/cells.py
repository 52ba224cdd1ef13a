"""The cells of a batch, held to a length: columnar formats say a long text once and repeat it in every row for free."""
import polars as pl

from upay.errors import Problem

# No serial, instant or number is as long. Longer cells are cut, and marked so that nothing can be read from them.
MAX_BYTES = 256
_SHOWN = 64
_CUT, _UNSHOWN = "…", "?"


def bounded(frame: pl.DataFrame, max_bytes: int) -> pl.DataFrame:
    """The frame with texts of at most `MAX_BYTES`. Bytes become text; where they are none, and for lists, stands "?".

    max_bytes: how much text all rows may hold together. Raises Problem `reads.body_too_large`.
    """
    # Measured before anything is written out: as bytes, or as numbers of a dictionary, a text is still there once.
    lengths = frame.select(_length(name, dtype) for name, dtype in frame.schema.items())
    if sum(int(length.sum()) for length in lengths) > max_bytes:
        raise Problem("reads.body_too_large", {"limit": max(1, max_bytes >> 20)}, 413)
    texts = frame.with_columns(_as_text(name, dtype) for name, dtype in frame.schema.items())
    long = [length.name for length in lengths if int(length.max() or 0) > MAX_BYTES]  # type: ignore[arg-type]
    return texts.with_columns(
        pl.when(pl.col(name).str.len_bytes() > MAX_BYTES)
        .then(pl.col(name).str.head(_SHOWN) + _CUT)
        .otherwise(pl.col(name))
        .alias(name)
        for name in long
    )


def _length(name: str, dtype: pl.DataType) -> pl.Expr:
    """Bytes of each cell's text (Int64); 0 for what holds none."""
    column = pl.col(name)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        length = column.cat.len_bytes()
    elif dtype == pl.Binary:
        length = column.bin.size()
    else:
        length = column.str.len_bytes() if dtype == pl.String else pl.lit(0)
    return length.cast(pl.Int64).alias(name)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    if dtype == pl.Binary:
        return pl.coalesce(column.cast(pl.String, strict=False), _marked(column)).alias(name)
    return _marked(column).alias(name) if dtype.is_nested() else column


def _marked(column: pl.Expr) -> pl.Expr:
    return pl.when(column.is_not_null()).then(pl.lit(_UNSHOWN))
