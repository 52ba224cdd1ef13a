"""Making the demonstration, with a product that only notes which of its commands ran."""
import json
from contextlib import nullcontext

import polars as pl
import pytest

from demo.make import MakeFailed, make
from demo.store import Store, read
from tests.demo.fleets import fleet


class Product:
    """Notes its commands, and fails at one of them if told to."""

    def __init__(self, failing=None):
        self.ran, self.reads, self.failing = [], 0, failing

    def together(self):
        return nullcontext(self)

    def __call__(self, *command):
        if command[0] == self.failing:
            raise MakeFailed(command[0])
        self.ran.append(command[:2])
        if command[:2] == ("reads", "backfill"):
            self.reads = len(pl.read_parquet(f"{command[2]}/*.parquet"))
        return json.dumps({"key": "secret"}) if command[0] == "keys" else ""


IN_ORDER = [("db", "upgrade"), ("network", "load"), ("events", "backfill"), ("reads", "backfill")]
STAFF = [("staff", "enrol"), ("accounts", "authenticator")]
BESIDE = [*4 * [("accounts", "enrol")], *6 * STAFF, ("keys", "issue")]
ROLES = ["administrator", "manager", "billing", "officer", "lineman", "auditor"]


def ran_whole(product) -> bool:
    """The heavy commands in their order, and beside them those that need the network alone."""
    heavy = [command for command in product.ran if command in IN_ORDER]
    return heavy == IN_ORDER and [command for command in product.ran if command not in IN_ORDER] == BESIDE


def test_everything_is_handed_over_through_the_products_own_commands(tmp_path):
    of, store, product = fleet(days=3), Store(tmp_path), Product()
    make(of, store, product)

    assert ran_whole(product)
    assert product.reads > 3 * 48 * 75
    assert store.key.read_text() == "secret" and store.key.stat().st_mode & 0o777 == 0o600
    assert [person["kind"] for person in read(store.sign_ins)] == ["home", "solar", "family", "shop", *ROLES]
    assert len(store.registers()) == 75 + 3
    assert not store.history.exists() and not store.events.exists()


def test_a_second_time_it_only_looks(tmp_path):
    of, store, product = fleet(days=2), Store(tmp_path), Product()
    make(of, store, product)
    make(of, store, product)

    assert ran_whole(product)


def test_a_broken_run_is_done_again(tmp_path):
    of, store, product = fleet(days=2), Store(tmp_path), Product()
    with pytest.raises(MakeFailed):
        make(of, store, Product(failing="accounts"))
    assert not store.made.exists()
    make(of, store, product)

    assert ran_whole(product)
