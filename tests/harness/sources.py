"""The project's own sources, parsed once, for tests that read them."""
import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("upay", "jobs", "state", "components", "upay_web", "demo", "bench")


@dataclass(frozen=True)
class Source:
    """One Python file. name: dotted, without `__init__`."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The folder in the root that holds it."""
        return self.name.split(".")[0]

    def imports(self) -> Iterator[str]:
        """Every module it imports, dotted; for `from a import b` also `a.b`, unless `a` itself binds the name b."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                bound = _bound(node.module)
                yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name not in bound)

    def where(self, node: ast.AST) -> str:
        """`file:line` of a node, for a message."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the product, the demonstration and the benchmarks, but for the migrations Alembic wrote."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple(_read(path) for path in paths if path.parent.name != "versions")


def of(*packages: str) -> tuple[Source, ...]:
    """The sources of some folders of the root."""
    return tuple(source for source in sources() if source.package in packages)


def called(node: ast.AST) -> str:
    """What a call calls, as it is written: `t`, `rx.el.p`, `self.log.info`; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return ast.unparse(node.func)


@cache
def _bound(module: str) -> frozenset[str]:
    """The names that a package's `__init__` defines or brings in."""
    path = ROOT / module.replace(".", "/") / "__init__.py"
    if not path.is_file():
        return frozenset()
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(names)


def _read(path: Path) -> Source:
    text = path.read_text("utf-8")
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return Source(name, path, text, ast.parse(text))
