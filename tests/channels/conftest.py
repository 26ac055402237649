"""What the tests of the web channel share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.channels.web_server import Web


@pytest.fixture
def web() -> Iterator[Web]:
    from tests.channels.web_server import serving  # takes seconds to import

    with serving() as running:
        yield running
