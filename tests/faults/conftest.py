"""A cluster, and a list of what was measured, shared by the tests of faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from programme_chatbot.launcher import ensure_model
from tests.faults.cluster import Cluster, running_cluster

Measure = Callable[[str, str], None]

_measured: list[tuple[str, str]] = []


@pytest.fixture(scope="package")
def cluster() -> Iterator[Cluster]:
    ensure_model()
    # A crowd that never pauses waits longer than visitors would; `make run` is tested with the usual limit.
    with running_cluster(WEB_ANSWER_TIMEOUT_SECONDS="50") as running:
        yield running


@pytest.fixture
def measure() -> Measure:
    """Notes a figure, which is shown under the results."""
    return lambda name, figure: _measured.append((name, figure))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _measured:
        terminalreporter.section("measured: faults")
        for name, figure in _measured:
            terminalreporter.line(f"{name:<60} {figure}")
