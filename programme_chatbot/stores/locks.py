"""The lock store: one message of a conversation at a time, in this process or, with Redis, in all workers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError as LockNotHeldError
from redis.exceptions import RedisError

from programme_chatbot.storage import redis_url

_AT_ONCE = 4  # turns in a worker; more would only slow down each other, and a worker that is late loses its locks
_LEASE = 6.0  # seconds; a worker that dies holds its conversations for no longer
_RENEWAL = _LEASE / 3
_POLL = 0.05
_TIMEOUT = 5.0
_logger = logging.getLogger(__name__)


class ConversationLocks(InMemoryLockStore):
    """Locks on the conversations, in Redis if `REDIS_URL` is set.

    Rasa's own lock in Redis reads a list of tickets, changes it and writes it back, so that two workers can get the
    same ticket; and a worker that dies keeps its ticket for a minute. This one is the lock of the library `redis`,
    which Redis itself checks, on a short lease that is renewed while the turn lasts. As every turn passes here, it is
    also where turns queue when there are too many.

    Args:
        endpoint_config: the section of endpoints.yml; not used, as the environment names Redis.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        super().__init__()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        url = redis_url()
        self._redis: Redis[bytes] | None = (
            Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT) if url else None
        )

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = _POLL,
    ) -> AsyncIterator[TicketLock | None]:
        """Holds the lock on a conversation during the block.

        Args:
            conversation_id: the conversation.
            lock_lifetime: seconds to wait for it at most.
            wait_time_in_seconds: seconds between two tries.

        Raises:
            LockError: if the lock cannot be had in time, or Redis does not answer.
        """
        if self._redis is None:
            async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as ticket, self._turns:
                yield ticket
            return
        lock = self._redis.lock(
            f"lock:{conversation_id}", timeout=_LEASE, sleep=wait_time_in_seconds, blocking_timeout=lock_lifetime
        )
        try:
            acquired = await lock.acquire()
        except RedisError as error:
            raise LockError(f"Redis does not answer: {type(error).__name__}.") from None
        if not acquired:
            raise LockError("The conversation stayed locked for too long.")
        renewing = asyncio.create_task(_renew(lock))
        try:
            async with self._turns:
                yield None
        finally:
            renewing.cancel()
            # Whatever fails now: the turn is stored, and the lease ends by itself.
            with suppress(RedisError):
                await lock.release()


async def _renew(lock: Lock) -> None:
    while True:
        await asyncio.sleep(_RENEWAL)
        try:
            await lock.reacquire()
        except LockNotHeldError:  # given back meanwhile, or lost
            return
        except RedisError as error:
            _logger.warning(f"The lock on a conversation could not be renewed: {type(error).__name__}.")
