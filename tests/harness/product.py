"""A whole product for the browser tests: migrated, with a small fleet, its pages served on a free port."""
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.harness.commands import begin, end, free_port, until

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Product:
    """A running installation: where it answers, where it writes, and the environment its commands need."""

    url: str
    var: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Run an `upay` command in this installation and return what it printed. Raises when it fails."""
        done = subprocess.run(
            [_command("upay"), *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"upay {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def logs(self) -> str:
        """The end of everything its processes have said."""
        return "\n".join(path.read_text(errors="replace")[-4000:] for path in sorted(self.var.glob("*.log")))


@contextmanager
def product(var: Path, connections: int, days: int, **settings: str) -> Iterator[Product]:
    """Make an installation with a demonstration fleet below `var` and serve it. The pages must be built."""
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "UPAY_VAR": str(var),
        "UPAY_PUBLIC_URL": url,
        "UPAY_DATABASE_URL": "",
        "UPAY_DEMO": "1",
        "PORT": str(port),
        "HOST": "127.0.0.1",
        **settings,
    }
    made = Product(url, var, environment)
    made.run("db", "upgrade")
    made.run("demo", "make", "--connections", str(connections), "--days", str(days), "--seed", "1")
    web = begin([_command("upay"), "web", "serve"], var / "web.log", env=environment, cwd=ROOT)
    try:
        until(lambda: _healthy(url) or web.poll() is not None, 60, made.logs)
        assert web.poll() is None, made.logs()
        yield made
    finally:
        end(web)


def _command(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
