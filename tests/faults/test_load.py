"""Many conversations at once on several workers: every reply belongs to its question, every event is kept once."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
import pytest

from programme_chatbot.knowledge import Knowledge
from tests.faults.cluster import Cluster
from tests.faults.conftest import Measure
from tests.visitor import PAGE

pytestmark = pytest.mark.bot

CONVERSATIONS = 200
NOTICE = "social.notice"


@dataclass
class Talk:
    """What one visitor asks, with a text that only the right reply holds, and the replies."""

    questions: list[tuple[str, str]]
    sender: str = ""
    replies: list[list[dict[str, Any]]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def talks(knowledge: Knowledge) -> list[Talk]:
    courses = [course.id for course in knowledge.courses if course.credits]
    found = []
    for number in range(CONVERSATIONS):
        first, second, third = (courses[(3 * number + step) % len(courses)] for step in range(3))
        questions = [
            ("What is the last day to apply?", "15 January 2026"),
            ("Has anyone done their thesis at Spotify?", "Spotify"),
            ("How much is the tuition fee?", "342,000"),
            (f"How many credits is {first}?", first),
            (f"How many credits does {second} give?", second),
            (f"Number of credits of {third}?", third),
        ]
        random.Random(number).shuffle(questions)
        found.append(Talk(questions))
    return found


async def converse(client: aiohttp.ClientSession, talk: Talk, number: int, ports: list[int]) -> None:
    def url(step: int, path: str) -> str:
        return f"http://127.0.0.1:{ports[(number + step) % len(ports)]}/webhooks/web/{path}"

    async with client.post(url(0, "session")) as answer:
        token = (await answer.json())["token"]
    talk.sender = "web-" + jwt.decode(token, options={"verify_signature": False})["sub"]
    for step, (question, _) in enumerate(talk.questions, 1):
        start = time.monotonic()
        headers = {"Authorization": f"Bearer {token}"}
        async with client.post(url(step, "messages"), json={"text": question}, headers=headers) as answer:
            body = await answer.json()
            assert answer.status == 200, body
        talk.seconds.append(time.monotonic() - start)
        talk.replies.append(body["messages"])


async def all_at_once(started: list[Talk], ports: list[int]) -> None:
    async with aiohttp.ClientSession(
        headers={"Origin": PAGE}, connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(120)
    ) as client:
        await asyncio.gather(*(converse(client, talk, number, ports) for number, talk in enumerate(started)))


def test_200_conversations_at_once_on_two_workers(cluster: Cluster, knowledge: Knowledge, measure: Measure) -> None:
    started = talks(knowledge)
    start = time.monotonic()
    asyncio.run(all_at_once(started, [worker.port for worker in cluster.workers]))
    elapsed = time.monotonic() - start

    for talk in started:
        for (question, expected), messages in zip(talk.questions, talk.replies, strict=True):
            replies = [message for message in messages if message["topic"] != NOTICE]
            assert len(replies) == 1, question
            assert expected in replies[0]["text"], question
        assert sum(message["topic"] == NOTICE for messages in talk.replies for message in messages) == 1

    kept: dict[str, list[dict[str, Any]]] = {talk.sender: [] for talk in started}
    for sender, data in cluster.query("SELECT sender_id, data FROM events ORDER BY id"):
        kept.setdefault(sender, []).append(json.loads(data))
    for talk in started:
        events = kept[talk.sender]
        assert len({json.dumps(event, sort_keys=True) for event in events}) == len(events)
        assert [event["text"] for event in events if event["event"] == "user"] == [text for text, _ in talk.questions]
        assert [event["text"] for event in events if event["event"] == "bot"] == [
            message["text"] for messages in talk.replies for message in messages
        ]
        assert sum(event["event"] == "session_started" for event in events) == 1

    turns = sorted(seconds for talk in started for seconds in talk.seconds)
    measure(f"{CONVERSATIONS} conversations of 6 turns at once", f"{elapsed:.0f} s, {len(turns) / elapsed:.0f} turns/s")
    slow = turns[int(len(turns) * 0.95)]
    measure("their turns: median, 95th, slowest", f"{statistics.median(turns):.1f}, {slow:.1f}, {turns[-1]:.1f} s")
