"""Files written whole: links stay links, and what is no file or is protected is left alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from landbridge.brief import writing
from landbridge.errors import BadUsage


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "brief.html", tmp_path / "link.html"
    target.write_text("old")
    link.symlink_to(target)
    writing.replace(link, b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert [item.name for item in target.parent.iterdir()] == ["brief.html"]


def test_a_link_to_nothing_yet_makes_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "brief.html")
    writing.replace(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "brief.html").read_bytes() == b"new"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(BadUsage):
        writing.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").is_symlink()


def test_a_pipe_is_refused_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(BadUsage, match="a device or pipe, not a file"):
        writing.replace(pipe, b"new")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [item.name for item in tmp_path.iterdir()] == ["pipe"]


def test_a_device_behind_a_link_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "brief.html"
    link.symlink_to("/dev/null")
    with pytest.raises(BadUsage, match="a device or pipe, not a file"):
        writing.replace(link, b"new")
    assert stat.S_ISCHR(link.stat().st_mode)


def test_a_read_only_file_is_refused_even_to_the_superuser(tmp_path: Path) -> None:
    kept = tmp_path / "kept.html"
    kept.write_text("old")
    kept.chmod(0o444)
    with pytest.raises(BadUsage, match="read-only"):
        writing.replace(kept, b"new")
    assert kept.read_text() == "old"


def test_the_permissions_of_a_file_outlive_its_replacement(tmp_path: Path) -> None:
    private = tmp_path / "private.html"
    private.write_text("old")
    private.chmod(0o600)
    writing.replace(private, b"new")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
