"""The `upay` command: every part is in it, and a Problem is a sentence."""
import sys

import pytest
from typer.testing import CliRunner

from upay import cli
from upay.errors import Problem


def test_help_names_every_part():
    told = CliRunner().invoke(cli.build(), ["--help"]).stdout
    for part in ("db", "network", "accounts", "demo", "jobs", "start", "web"):
        assert part in told


def test_only_the_part_that_is_asked_for_is_loaded():
    assert [group.name for group in cli.build("web").registered_groups] == ["web"]


@pytest.mark.parametrize(("language", "sentence"), [("en", "The pages are not built"), ("hi", "पेज अभी बने नहीं हैं")])
def test_a_problem_is_said_in_the_chosen_language_with_its_code(monkeypatch, capsys, language, sentence):
    def fail() -> None:
        raise Problem("serve.not_built")

    monkeypatch.setenv("UPAY_LANGUAGE", language)
    monkeypatch.setattr(cli, "build", lambda _wanted: fail)
    monkeypatch.setattr(sys, "argv", ["upay", "web", "serve"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    said = capsys.readouterr().err
    assert left.value.code == 2
    assert sentence in said
    assert "serve.not_built" in said


def test_a_database_without_tables_is_explained_and_not_traced(home, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["upay", "keys", "list"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert "db.not_upgraded" in capsys.readouterr().err
