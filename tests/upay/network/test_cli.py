"""`upay network load` as a utility's officer runs it."""
import json

import pytest
from typer.testing import CliRunner

from tests.upay.network.tables import CONNECTIONS, network
from upay.errors import Problem
from upay.network.cli import app

pytestmark = pytest.mark.usefixtures("sqlite")


def load(folder, *options, **changed):
    for name, table in network(**changed).items():
        table.write_csv(folder / f"{name}.csv")
    return CliRunner().invoke(app, ["load", str(folder), *options])


def test_a_folder_is_loaded_and_reported(tmp_path):
    done = load(tmp_path, "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["rows"]["meters"] == {"given": 3, "added": 3, "known": 0, "refused": 0}


def test_refused_rows_are_named_and_end_it_with_one(tmp_path):
    done = load(tmp_path, connections=[*CONNECTIONS, CONNECTIONS[0] | {"number": "12"}])

    assert done.exit_code == 1
    assert "connections:3" in done.stdout and "12" in done.stdout


def test_an_empty_folder_is_a_mistake(tmp_path):
    with pytest.raises(Problem, match=r"network\.no_tables"):
        CliRunner().invoke(app, ["load", str(tmp_path)], catch_exceptions=False)
