"""Calls the APIs of messaging services: tries again where that is of use, and never tells a secret in an error."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_TRIES = 3
_LONGEST_WAIT = 10.0


class ApiError(Exception):
    """A call has failed; the text tells how, without addresses, tokens or messages."""


class Api:
    """The API of one service.

    Args:
        address: what all its addresses begin with.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: aiohttp.ClientSession | None = None

    async def call(self, path: str, **options: Any) -> dict[str, Any]:
        """Sends a POST request; tries again when the service is busy or cannot be reached.

        It does not after a timeout, as the message may have arrived.

        Args:
            path: what follows the address.
            options: as aiohttp takes them: json, data, params, headers, auth.

        Returns:
            The JSON object of the answer; empty if there is none.

        Raises:
            ApiError: if the service refuses or cannot be reached.
        """
        for attempt in range(1, _TRIES + 1):
            wait = 0.5 * attempt
            try:
                async with self._session().post(f"{self._address}{path}", **options) as answer:
                    if answer.status < 300:
                        return await _json_object(answer)
                    problem = f"HTTP {answer.status}"
                    if answer.status != 429 and answer.status < 500:
                        break
                    wait = _seconds(answer.headers.get("Retry-After"), wait)
            except aiohttp.ClientConnectorError:
                problem = "no connection"
            except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                problem = type(error).__name__  # its text may hold the address, and that a token
                break
            if attempt < _TRIES:
                await asyncio.sleep(wait)
        raise ApiError(problem)

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:  # needs the running loop, so not earlier
            self._client = aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True)
        return self._client


async def _json_object(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        content = await answer.json(content_type=None)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}


def _seconds(header: str | None, otherwise: float) -> float:
    return min(float(header), _LONGEST_WAIT) if header and header.isdecimal() else otherwise
