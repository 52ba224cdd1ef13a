"""The pages are built again exactly when what they are made of has changed."""
import shutil

import pytest

from upay.errors import Problem
from upay.settings import settings
from upay_web import build, serve


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of few files."""
    for name in ("components/text.py", "assets/sw.js", "upay/text/hi/home.po", "rxconfig.py", "requirements.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / ".web").mkdir()
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "_STAMP", tmp_path / ".web" / "upay.stamp")
    return tmp_path


def built(project):
    (project / ".web" / "upay.stamp").write_text(build.fingerprint())


@pytest.mark.parametrize("name", ["components/text.py", "upay/text/hi/home.po", "rxconfig.py", "assets/new.svg"])
def test_a_changed_or_new_source_asks_for_a_build(project, name):
    built(project)
    assert build.is_built()
    (project / name).write_text("changed")
    assert not build.is_built()


def test_a_setting_that_the_pages_show_asks_for_a_build(project, monkeypatch):
    built(project)
    monkeypatch.setenv("UPAY_PACK", "mp")
    settings.cache_clear()
    assert not build.is_built()


def test_compiled_python_and_linked_assets_ask_for_none(project):
    built(project)
    for name in ("components/__pycache__/text.pyc", "assets/external/logo.svg"):
        (project / name).parent.mkdir()
        (project / name).write_text("")
    assert build.is_built()


def test_a_build_that_failed_leaves_no_stamp_and_says_why(project, tmp_path):
    built(project)
    shutil.rmtree(project / "components")
    with pytest.raises(Problem) as failed:
        build.build(tmp_path / "log" / "build.log")
    assert failed.value.code == "serve.build_failed"
    assert not build.is_built()


def test_pages_that_are_not_built_are_not_served(project):
    with pytest.raises(Problem, match=r"serve\.not_built"):
        serve.serve("127.0.0.1", 0, 1)
