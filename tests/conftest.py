"""What every test may ask for: a home of its own, a database on either engine, Redis, a running product, a browser.

No test touches the installation in `var`: `home` holds for all of them.
"""
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.harness.commands import begin, end, found, free_port, until
from tests.harness.postgres import Cluster, cluster
from tests.harness.product import Product
from tests.harness.product import product as running_product
from upay import db, migrations
from upay.network import forget
from upay.packs import pack
from upay.settings import settings

CHROMIUM = shutil.which("chromium")
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_SERIOUS = {"serious", "critical"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in tests/browser are browser tests, and run in one process, which makes one product for all of them."""
    for item in items:
        if "browser" in item.path.parent.parts:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which this test's installation writes; nothing is held from an earlier one."""
    var = tmp_path / "var"
    var.mkdir()
    monkeypatch.setenv("UPAY_VAR", str(var))
    for name in ("UPAY_DATABASE_URL", "UPAY_REDIS_URL", "UPAY_PACK"):
        monkeypatch.delenv(name, raising=False)
    _forget()
    yield var
    _forget()


def _forget() -> None:
    """Drop what this process holds of an installation."""
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    for held in (settings, db.engine, pack):
        held.cache_clear()
    forget()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL cluster of this run."""
    if not found("initdb"):
        pytest.skip("PostgreSQL is not installed")
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """A migrated PostgreSQL database to copy."""
    name = postgres.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPAY_DATABASE_URL", postgres.url(name))
        _forget()
        migrations.upgrade()
        _forget()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    var = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPAY_VAR", str(var))
        patch.delenv("UPAY_DATABASE_URL", raising=False)
        _forget()
        migrations.upgrade()
        _forget()
    return var / "upay.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty, migrated database of the test's own, once on SQLite and once on PostgreSQL; gives the engine's name."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), home / "upay.db")
        yield "sqlite"
        return
    server: Cluster = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_template"))
    monkeypatch.setenv("UPAY_DATABASE_URL", server.url(name))
    _forget()
    yield "postgres"
    _forget()
    server.drop(name)


@pytest.fixture
def sqlite(sqlite_template: Path, home: Path) -> None:
    """An empty, migrated SQLite database of the test's own, where the engine does not matter."""
    shutil.copy(sqlite_template, home / "upay.db")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of this run. Its databases are shared by all tests of a process: use keys of your own."""
    program = found("redis-server")
    if not program:
        pytest.skip("Redis is not installed")
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    log = folder / "log"
    server = begin([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)], log)
    until(lambda: log.exists() and "Ready to accept connections" in log.read_text(), 15, log.read_text)
    yield f"redis://127.0.0.1:{port}/0"
    end(server)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A running product with 40 connections and 45 days of readings, made once for all browser tests."""
    with running_product(tmp_path_factory.mktemp("product"), connections=40, days=45) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Playwright holds the thread's event loop, so it must be gone before an asynchronous test."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    """A fresh tab of a phone, 360 px wide, signed in nowhere. Anything the page logs as an error fails the test."""
    context = browser.new_context(base_url=product.url, viewport={"width": 360, "height": 780}, locale="en-IN")
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: _stay_home(request.url, product.url, errors))
    yield tab
    context.close()
    assert not errors


def _stay_home(url: str, home_url: str, errors: list[str]) -> None:
    """A page of ours asks nothing of anybody else's server."""
    if url.startswith("http") and urlsplit(url).netloc != urlsplit(home_url).netloc:
        errors.append(f"asked {url}")


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """Fails when axe-core finds anything serious or critical on a page as it stands."""

    def check(page: Page) -> None:
        found = [
            f"{fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:200]}"
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in _SERIOUS
        ]
        assert not found, "\n".join(found)

    return check
