"""What the tests of the channels share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import OPEN

if TYPE_CHECKING:
    from tests.channels.messaging_server import Messaging
    from tests.channels.services import Apis
    from tests.channels.web_server import Web
    from tests.trained import Bot


@pytest.fixture
def web() -> Iterator[Web]:
    from tests.channels.web_server import serving  # takes seconds to import

    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def messaging_server() -> Iterator[Messaging]:
    from tests.channels.messaging_server import serving_messaging

    with serving_messaging() as running:
        yield running


@pytest.fixture
def messaging(messaging_server: Messaging) -> Iterator[Messaging]:
    yield messaging_server
    messaging_server.begin_afresh()


@pytest.fixture(scope="session")
def messaging_bot() -> Iterator[tuple[Bot, Apis]]:
    """Yields the trained bot with all messaging channels on, and the APIs that it answers by."""
    from tests.channels.services import SERVICES, apis
    from tests.trained import running_bot

    with apis() as served:
        variables = {name: value for kind in SERVICES for name, value in kind.environment(served).items()}
        with running_bot(OPEN.isoformat(), **variables) as running:
            yield running, served
