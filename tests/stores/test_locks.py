"""One message of a conversation at a time, in one process and across workers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import read_endpoint_config

from programme_chatbot.settings import PROJECT_FOLDER
from programme_chatbot.stores import locks
from programme_chatbot.stores.locks import ConversationLocks
from tests import services

# Counts in a file, which goes wrong whenever two hold the lock at once.
COUNTING = """
import asyncio, sys
from pathlib import Path
from programme_chatbot.stores.locks import ConversationLocks

async def main(file: Path, times: int) -> None:
    store = ConversationLocks()
    for _ in range(times):
        async with store.lock("one"):
            count = int(file.read_text())
            await asyncio.sleep(0.002)
            file.write_text(str(count + 1))

asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
"""
DYING = """
import asyncio, os, signal
from programme_chatbot.stores.locks import ConversationLocks

async def main() -> None:
    async with ConversationLocks().lock("one"):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[services.Redis]:
    with services.redis() as running:
        monkeypatch.setenv("REDIS_URL", running.url)
        yield running


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)


async def hold(store: ConversationLocks, name: str, order: list[str], seconds: float) -> None:
    async with store.lock("one"):
        order.append(f"{name} in")
        await asyncio.sleep(seconds)
        order.append(f"{name} out")


def check_exclusion() -> None:
    async def both() -> list[str]:
        order: list[str] = []
        store = ConversationLocks()
        await asyncio.gather(hold(store, "a", order, 0.2), hold(store, "b", order, 0))
        return order

    order = asyncio.run(both())
    assert order in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])


def test_endpoints_yml_leads_to_these_locks(memory: None) -> None:
    config = read_endpoint_config(str(PROJECT_FOLDER / "endpoints.yml"), "lock_store")
    assert isinstance(LockStore.create(config), ConversationLocks)


def test_in_one_process_one_waits_for_the_other(memory: None) -> None:
    check_exclusion()


def test_in_redis_one_waits_for_the_other(redis: services.Redis) -> None:
    check_exclusion()


def test_workers_never_hold_a_lock_together(redis: services.Redis, tmp_path: Path) -> None:
    file = tmp_path / "count"
    file.write_text("0")
    processes = [subprocess.Popen([sys.executable, "-W", "ignore", "-c", COUNTING, str(file), "60"]) for _ in range(3)]
    assert [process.wait(100) for process in processes] == [0, 0, 0]
    assert file.read_text() == "180"


def test_a_turn_that_outlasts_the_lease_keeps_its_lock(redis: services.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_LEASE", 0.5)
    monkeypatch.setattr(locks, "_RENEWAL", 0.1)

    async def long_turn() -> None:
        store = ConversationLocks()
        async with store.lock("one"):
            with pytest.raises(LockError, match="locked for too long"):
                async with store.lock("one", lock_lifetime=1.5):
                    pass

    asyncio.run(long_turn())


def test_a_worker_that_dies_holds_its_conversations_for_no_longer_than_the_lease(redis: services.Redis) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", DYING], check=False, timeout=100)

    async def take() -> float:
        start = time.monotonic()
        async with ConversationLocks().lock("one"):
            return time.monotonic() - start

    assert asyncio.run(take()) > 0  # or it raises


def test_when_redis_is_away_it_says_so(redis: services.Redis) -> None:
    redis.kill()

    async def take() -> None:
        async with ConversationLocks().lock("one"):
            pass

    with pytest.raises(LockError, match="Redis does not answer"):
        asyncio.run(take())
