"""Posting a million entries at once: frames in, one transaction, the same promises as `post`."""
import polars as pl

from upay.bulk import Bulk
from upay.ledger.accounts import Account
from upay.ledger.entry import WrongEntry
from upay.ledger.models import AccountBalance, LedgerEntry, Posting

_CONNECTIONS = [account.value for account in Account if account.of_connection]
_BALANCE = ("connection_id", "account")


def post_all(bulk: Bulk, entries: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """Enter many events in the caller's bulk transaction; those whose key stands already are left out with their legs.

    entries: row:i64, key:str, kind:str, at:Datetime(UTC), and about:str if there is anything to say.
    legs: row:i64 (whose entry), account:str, connection_id:i64|null, paise:i64. A leg of 0 paise is left out, and an
    entry of which no leg remains (a bill of nothing).
    Returns row, entry_id of the entries that are new. Raises WrongEntry, before anything is written, when legs do not
    add up, belong to no entry, or name an account that is not theirs.
    """
    legs = legs.filter(pl.col("paise") != 0).select(
        pl.col("row", "paise").cast(pl.Int64), pl.col("connection_id").cast(pl.Int64), pl.col("account").cast(pl.String)
    )
    entries = _counted(entries, legs)
    _refuse_strangers(legs)
    entries = entries.with_columns(bulk.reserve_ids(LedgerEntry, len(entries)).alias("id"))
    fresh = bulk.add_new(LedgerEntry, entries.drop("row"), key=("key",))
    added = entries.join(fresh.to_frame("id"), on="id", how="semi").select("row", pl.col("id").alias("entry_id"))
    postings = legs.join(added, on="row", maintain_order="left").drop("row")
    place = pl.int_range(1, pl.len() + 1).over("entry_id").alias("leg")
    bulk.append(Posting, postings.sort("entry_id", maintain_order=True).with_columns(place))
    moved = (
        postings.filter(pl.col("connection_id").is_not_null()).group_by(_BALANCE).agg(pl.col("paise").sum())
    )
    # Sorted as `post` sorts, so that no two transactions wait for each other.
    bulk.upsert(AccountBalance, moved.sort(_BALANCE), key=_BALANCE, adding=("paise",))
    return added


def _counted(entries: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """The entries as the table wants them, each with the number of its legs."""
    sums = legs.group_by("row").agg(pl.len().alias("legs"), pl.col("paise").sum())
    if not (odd := sums.filter(pl.col("paise") != 0)).is_empty():
        raise WrongEntry(f"the legs of row {odd['row'][0]} do not add up")
    if not (lost := sums.join(entries, on="row", how="anti")).is_empty():
        raise WrongEntry(f"row {lost['row'][0]} has legs and no entry")
    counted = entries.join(sums.select("row", "legs"), on="row", maintain_order="left")
    if counted["key"].n_unique() < len(counted):
        raise WrongEntry("two entries have the same key")
    if "about" not in counted.columns:
        counted = counted.with_columns(about=pl.lit(""))
    return counted.with_columns((pl.col("at").dt.epoch("s")).alias("at_s")).drop("at")


def _refuse_strangers(legs: pl.DataFrame) -> None:
    """Accounts there are, and a connection with those accounts that belong to one."""
    unknown = set(legs["account"].unique()) - set(Account)
    if unknown:
        raise WrongEntry(f"there is no account {min(unknown)}")
    owned = pl.col("account").is_in(_CONNECTIONS)
    if not (wrong := legs.filter(owned == pl.col("connection_id").is_null())).is_empty():
        raise WrongEntry(f"{wrong['account'][0]} belongs to a connection, or to none")
