"""The house rules that a machine can hold: which way imports point, who commits, who asks the time, how files look."""
import ast
import re
from pathlib import Path

import pytest

from tests.harness.sources import ROOT, Source, of, sources

# A folder may import those that stand to the right of it, and itself.
FLOORS = {
    "upay_web": {"components", "state", "jobs", "upay"},
    "components": {"upay"},
    "state": {"components", "upay"},
    "jobs": {"upay"},
    "upay": set[str](),
    "demo": set[str](),
}
# What a floor must not know.
FOREIGN = {
    "upay": {"reflex", "fastapi", "starlette", "apscheduler", "granian"},
    "jobs": {"reflex", "fastapi", "starlette", "granian"},
    "demo": {"reflex", "fastapi", "sqlmodel", "sqlalchemy"},
}
# Folders of `upay` that all others stand on.
GROUND = {"packs", "text", "migrations", "work"}
# Where the process meets the outside, and a transaction may end.
EDGES = {"upay.db", "upay.bulk", "upay.migrations.env"}
# The Delta table's own, which is no database transaction.
LAKES_COMMIT = "lakewriter.commit"
CLOCK = "upay.clock"
LONGEST = 260


def test_imports_only_point_down():
    wrong = [
        f"{source.name} → {module}"
        for source in of(*FLOORS)
        for module in sorted({name.split(".")[0] for name in source.imports()})
        if module in {*FLOORS, "bench", "tests"} - FLOORS[source.package] - {source.package}
    ]
    assert wrong == []


def test_a_floor_knows_no_framework_of_those_above_it():
    wrong = [
        f"{source.name} → {module}"
        for source in of(*FOREIGN)
        for module in sorted({name.split(".")[0] for name in source.imports()} & FOREIGN[source.package])
    ]
    assert wrong == []


def test_a_noun_reaches_another_only_through_its_face_or_its_tables():
    modules = {source.name for source in of("upay")}
    wrong = [
        f"{source.name} → {module}"
        for source in of("upay")
        for module in source.imports()
        if module in modules and not _may_reach(source, module.split("."))
    ]
    assert wrong == []


def _may_reach(source: Source, module: list[str]) -> bool:
    own, there = source.name.split("."), module
    inside = len(there) > 2
    return (
        not inside
        or there[1] in GROUND
        or (len(own) > 1 and own[1] == there[1])
        or there[2] == "models"
        or source.name == "upay.cli"
    )


def test_the_ground_floor_knows_no_noun():
    wrong = [
        f"{source.name} → {module}"
        for source in of("upay")
        if source.path.parent.name == "upay" and source.name != "upay.cli"
        for module in source.imports()
        if module.startswith("upay.") and (ROOT / module.replace(".", "/")).is_dir()
        if module.split(".")[1] not in GROUND
    ]
    assert wrong == []


def test_only_an_edge_commits():
    wrong = [
        source.where(node)
        for source in of("upay")
        if source.name not in EDGES
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit" and ast.unparse(node) != LAKES_COMMIT
    ]
    assert wrong == []


def test_only_the_clock_asks_for_the_time():
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    wrong = [
        source.where(node)
        for source in of("upay", "jobs", "state", "components", "upay_web")
        if source.name != CLOCK
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in asked
    ]
    assert wrong == []


def test_no_handler_swallows_whatever_comes():
    wrong = [
        source.where(node)
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        if all(isinstance(line, ast.Pass | ast.Continue | ast.Return) for line in node.body)
    ]
    assert wrong == []


def test_every_module_and_public_function_of_the_product_says_what_it_is_for():
    wrong = [source.where(source.tree) for source in sources() if source.text and not ast.get_docstring(source.tree)]
    wrong += [
        f"{source.where(node)} {node.name}"
        for source in of("upay", "jobs", "components", "upay_web")
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert wrong == []


def test_a_file_is_read_in_one_sitting():
    wrong = [
        f"{source.name}: {lines} lines"
        for source in sources()
        if (lines := source.text.count("\n")) > LONGEST
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("section banners", r"^\s*#\s*[-=*#]{3,}"),
        ("notes to oneself", r"\b(TODO|FIXME|XXX|HACK)\b"),
        ("places of one machine", r"(?<![\w.])/(work|root|opt)/"),
    ],
)
def test_no_source_holds(what, pattern):
    wrong = [
        f"{source.path.relative_to(ROOT)}:{number}"
        for source in sources()
        for number, line in enumerate(source.text.splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert wrong == [], what


def test_no_file_is_named_after_nothing():
    nothing = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    assert [source.name for source in sources() if nothing & set(source.name.split("."))] == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "reflex.lock/package-lock.json"])
def test_a_lock_names_no_host_and_no_place_of_one_machine(lock):
    text = Path(ROOT / lock).read_text()
    assert not re.search(r"file://|--(index|extra-index|find-links)|\"resolved\"|^[^#\"]*https?://", text, re.MULTILINE)
