"""Building the pages: only when something they are made of has changed, and known to be whole by a stamp."""
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from upay.errors import Problem
from upay.settings import settings
from upay_web.environment import for_building

ROOT = Path(__file__).parent.parent
_STAMP = ROOT / ".web" / "upay.stamp"
_MADE_OF = ("components", "state", "upay_web", "assets", "upay/text", "upay/packs", "reflex.lock")
_FILES = ("rxconfig.py", "requirements.txt")


def fingerprint() -> str:
    """SHA-256 over everything the pages are made of: sources, texts, packs, locks, and the settings they show."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    digest.update(f"{settings().pack}\0{settings().demo}".encode())
    return digest.hexdigest()


def is_built() -> bool:
    """Whether the pages stand and are made of what is here now."""
    return _STAMP.exists() and _STAMP.read_text() == fingerprint()


def build(log: Path) -> None:
    """Build the pages; what the tools say goes to `log`. Raises Problem when they cannot be built.

    The stamp goes first and comes last, so a build that was killed is done again.
    """
    _STAMP.unlink(missing_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as written:
        done = subprocess.run(
            [sys.executable, "-m", "reflex", "export", "--no-zip", "--env", "prod"],
            cwd=ROOT,
            env={**for_building(), "NPM_CONFIG_REGISTRY": _registry()},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            check=False,
        )
    _write_packages_alike()
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise Problem("serve.build_failed", {"log": str(log), "tail": tail})
    # After the build: Reflex may have brought its npm lock up to date, which is part of the fingerprint.
    _STAMP.write_text(fingerprint())


def _sources() -> Iterator[Path]:
    for name in _MADE_OF:
        for path in sorted((ROOT / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and "external" not in path.parts:
                yield path
    for name in _FILES:
        yield ROOT / name


def _write_packages_alike() -> None:
    """Reflex writes its list of packages now in this form, now in that; kept in one, it changes only when they do."""
    path = ROOT / "reflex.lock" / "package.json"
    if path.is_file():
        path.write_text(json.dumps(json.loads(path.read_text()), indent=2, sort_keys=True) + "\n")


def _registry() -> str:
    """The npm registry this machine is set up for. Reflex is told, or it would time several over the network."""
    asked = subprocess.run(
        ["npm", "config", "get", "registry"],  # noqa: S607
        env=for_building(),
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout.strip()
