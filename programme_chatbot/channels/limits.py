"""How much people may ask: counts of a minute, for each user, session or address, in memory or in Redis."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from programme_chatbot.channels.errors import WebError

_MEMORY = "memory://"
_REDIS_TIMEOUT = 2

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")


def open_storage(redis_url: str = "") -> Storage:
    """Opens the storage that counts and revoked sessions are kept in.

    Args:
        redis_url: address of Redis, which several workers need; empty for the memory of this process.

    Returns:
        The storage, which connects at its first use.
    """
    if not redis_url:
        return storage_from_string(_MEMORY)  # type: ignore[return-value]
    timeouts = {"socket_timeout": _REDIS_TIMEOUT, "socket_connect_timeout": _REDIS_TIMEOUT}
    return storage_from_string(redis_url, **timeouts)  # type: ignore[return-value]


async def call(
    storage: Storage,
    function: Callable[Parameters, Result],
    *arguments: Parameters.args,
    **options: Parameters.kwargs,
) -> Result:
    """Calls a function of a storage, which may wait for the network, without holding up other visitors."""
    if isinstance(storage, MemoryStorage):
        return function(*arguments, **options)
    return await asyncio.to_thread(function, *arguments, **options)


class Limit:
    """So many times a minute for each key.

    Args:
        storage: where to count.
        per_minute: how many times.
        name: what is counted; keys of different limits do not meet.
    """

    def __init__(self, storage: Storage, per_minute: int, name: str) -> None:
        self._storage = storage
        # Fixed windows: counts go away by themselves, while a moving window in memory keeps every address for good.
        self._limiter = FixedWindowRateLimiter(storage)
        self._item = RateLimitItemPerMinute(per_minute, namespace=name)

    async def count(self, key: str) -> None:
        """Counts one more for `key`.

        Raises:
            WebError: if that is one too many.
        """
        if not await call(self._storage, self._limiter.hit, self._item, key):
            window = await call(self._storage, self._limiter.get_window_stats, self._item, key)
            raise WebError("too_many", retry_after=max(1, math.ceil(window.reset_time - time.time())))


def client_address(peer: str, forwarded_for: list[str], trusted_proxies: int) -> str:
    """Returns the address that a request is counted for.

    Args:
        peer: address at the other end of the connection.
        forwarded_for: the X-Forwarded-For headers; anybody can send them, and each proxy adds its peer at the end.
        trusted_proxies: how many proxies of ours the request has passed.

    Returns:
        The address; of an IPv6 address the network, as every household has 2^64 of them.
    """
    chain = [part.strip() for header in forwarded_for for part in header.split(",")]
    address = chain[-trusted_proxies] if 0 < trusted_proxies <= len(chain) else peer
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return peer
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed.packed, 64), strict=False))
    return str(parsed)
