"""The load test runs, in small, and its visitors get answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import load

pytestmark = pytest.mark.bot


def test_two_visitors_for_five_seconds_get_answers(tmp_path: Path) -> None:
    small = ["--users", "2", "--seconds", "5", "--conversations", "8", "--turns", "2"]
    load.main([*small, "--reports", str(tmp_path)])
    report = (tmp_path / "load.md").read_text(encoding="utf-8")
    (row,) = (line.strip("| ").split(" | ") for line in report.splitlines() if line.startswith("| 2 |"))
    turns, failures = int(row[1]), int(row[6])
    assert turns >= 2
    assert failures == 0
    assert report.count("Failures: 0.") == 2
    assert (tmp_path / "load.png").exists()
