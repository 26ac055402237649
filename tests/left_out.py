"""Tests that need a program which is not there: left out loudly, or an error where it must be there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

_left_out: dict[str, str] = {}


def leave_out(what: str, *, advice: str, variable: str) -> NoReturn:
    """Skips the test that needs `what`, or fails it if the environment variable is set."""
    if os.environ.get(variable):
        pytest.fail(f"{advice} ({variable} is set)", pytrace=False)
    _left_out[what] = advice
    pytest.skip(advice)


def tell(reporter: pytest.TerminalReporter) -> None:
    """Writes what was left out, and how to have it, under the results."""
    for what, advice in _left_out.items():
        reporter.section(f"{what} NOT tested", red=True, bold=True)
        reporter.line(f"Its tests were skipped: {advice}", red=True)
