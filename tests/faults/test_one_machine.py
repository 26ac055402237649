"""What `make run` starts, on one machine without PostgreSQL or Redis, meets restarts and faults."""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from programme_chatbot.settings import knowledge_file
from tests import services
from tests.conftest import OPEN
from tests.faults.conftest import Measure
from tests.services import eventually
from tests.trained import Bot, running_bot
from tests.visitor import PAGE, Visitor

pytestmark = pytest.mark.bot

DATE, COURSES = "When is the last day to apply?", "Which courses are mandatory?"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def knowledge_copy(data: Path) -> Path:
    copy = data / "knowledge.yml"
    copy.write_text(knowledge_file().read_text(encoding="utf-8"), encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def settings(data: Path, knowledge_copy: Path) -> dict[str, str]:
    return {
        "PROGRAMME_DATA": str(data),
        "PROGRAMME_KNOWLEDGE": str(knowledge_copy),
        "WEB_ALLOWED_ORIGINS": PAGE,
    }


@pytest.fixture(scope="module")
def own_bot(settings: dict[str, str]) -> Iterator[Bot]:
    with running_bot(OPEN.isoformat(), **settings) as running:
        yield running


@dataclass(frozen=True)
class Restarted:
    """The bot after it was killed, with somebody who talked to it before; its clock can be set."""

    bot: Bot
    visitor: Visitor
    seconds: float
    clock: Path


@pytest.fixture(scope="module")
def restarted(own_bot: Bot, settings: dict[str, str], data: Path) -> Iterator[Restarted]:
    visitor = Visitor(own_bot.port)
    visitor.say(own_bot.port, DATE)
    server(own_bot, "rasa run").kill()
    assert own_bot.process.wait(30) == 1
    clock = data / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(services.faketime()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    start = time.monotonic()
    with running_bot(OPEN.isoformat(), **settings, **(faked if services.faketime() else {})) as running:
        yield Restarted(running, visitor, time.monotonic() - start, clock)


def server(bot: Bot, words: str) -> psutil.Process:
    """Returns the server of the bot whose command line holds `words`."""
    children = psutil.Process(bot.process.pid).children()
    return next(child for child in children if words in " ".join(child.cmdline()))


def health(bot: Bot) -> dict[str, object]:
    body: dict[str, object] = requests.get(f"http://127.0.0.1:{bot.port}/webhooks/web/health", timeout=30).json()
    return body


def test_a_broken_knowledge_file_changes_nothing_and_a_mended_one_is_used(
    own_bot: Bot, knowledge_copy: Path, measure: Measure
) -> None:
    text = knowledge_copy.read_text(encoding="utf-8")
    assert "15 January 2026" in own_bot.ask(DATE)
    knowledge_copy.write_text(text.replace("last_day: 2026-01-15", "last_day: soon"), encoding="utf-8")
    eventually(lambda: health(own_bot)["status"] == "degraded")
    assert health(own_bot)["knowledge"] is False
    assert "15 January 2026" in own_bot.ask(DATE)
    status = requests.get(f"http://127.0.0.1:{own_bot.action_port}/status", timeout=10).json()
    assert "last_day" in status["knowledge"]

    start = time.monotonic()
    knowledge_copy.write_text(text.replace("last_day: 2026-01-15", "last_day: 2026-01-19"), encoding="utf-8")
    eventually(lambda: "19 January 2026" in own_bot.ask(DATE))
    measure("a mended knowledge file: used after", f"{time.monotonic() - start:.1f} s")
    assert health(own_bot)["status"] == "ok"
    knowledge_copy.write_text(text, encoding="utf-8")
    eventually(lambda: "15 January 2026" in own_bot.ask(DATE))


def test_a_full_disk_is_told_and_what_was_kept_stays(own_bot: Bot, data: Path, measure: Measure) -> None:
    visitor = Visitor(own_bot.port)
    visitor.say(own_bot.port, DATE)
    rasa = server(own_bot, "rasa run")
    # No file may grow any more, as if the disk were full; smaller than the log that SQLite writes to.
    size = (data / "conversations.db-wal").stat().st_size
    _, most = rasa.rlimit(resource.RLIMIT_FSIZE)
    rasa.rlimit(resource.RLIMIT_FSIZE, (min(size, 4096), most))
    try:
        answer = visitor.try_to_say(own_bot.port, COURSES)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        plain = requests.post(own_bot.url, json={"sender": "disk", "message": COURSES}, timeout=30)
        assert (plain.status_code, plain.json().keys()) == (503, {"error"})
        assert visitor.said(own_bot.port) == [DATE]
    finally:
        rasa.rlimit(resource.RLIMIT_FSIZE, (most, most))
    measure("a full disk: after there is room", f"{visitor.until_answered(own_bot.port, COURSES):.1f} s")
    assert visitor.said(own_bot.port) == [DATE, COURSES]


def test_a_slow_action_is_given_up_with_a_sentence(own_bot: Bot, measure: Measure) -> None:
    visitor = Visitor(own_bot.port)
    visitor.say(own_bot.port, DATE)
    answers: dict[str, requests.Response] = {}

    def ask_plainly() -> None:
        message = {"sender": "slow", "message": COURSES}
        answers["plain"] = requests.post(own_bot.url, json=message, timeout=60)

    actions = server(own_bot, "rasa_sdk")
    actions.send_signal(signal.SIGSTOP)
    try:
        start = time.monotonic()
        asking = threading.Thread(target=ask_plainly)
        asking.start()
        answers["web"] = visitor.try_to_say(own_bot.port, COURSES)
        measure("a slow action: given up after", f"{time.monotonic() - start:.1f} s")
        asking.join()
        assert health(own_bot)["actions"] is False
    finally:
        actions.send_signal(signal.SIGCONT)
    assert (answers["web"].status_code, answers["web"].json()["error"]["code"]) == (504, "timeout")
    assert (answers["plain"].status_code, answers["plain"].json().keys()) == (504, {"error"})
    assert visitor.said(own_bot.port) == [DATE]
    measure("a slow action: after it is quick again", f"{visitor.until_answered(own_bot.port, COURSES):.1f} s")


def test_a_killed_bot_goes_on_with_the_conversation_after_its_start(restarted: Restarted, measure: Measure) -> None:
    measure("`make run` killed: after its start", f"{restarted.seconds:.1f} s")
    visitor, port = restarted.visitor, restarted.bot.port
    assert visitor.said(port) == [DATE]
    assert "DD2380" in visitor.say(port, COURSES)
    assert visitor.said(port) == [DATE, COURSES]


def test_a_clock_that_jumps_loses_nothing(restarted: Restarted, data: Path) -> None:
    services.require_faketime()
    port = restarted.bot.port
    visitor = Visitor(port)
    visitor.say(port, DATE)

    def say_at(offset: str, text: str) -> None:
        restarted.clock.write_text(offset)
        time.sleep(3)  # the clock is read once a second, more or less
        assert visitor.say(port, text)

    say_at("-3h", COURSES)
    say_at("-150m", DATE)
    assert visitor.said(port) == [DATE, COURSES, DATE]
    # More than an hour later, so a new session: the bot begins afresh, and the visitor's token still holds.
    say_at("+1m", COURSES)
    assert visitor.said(port) == [COURSES]
    with sqlite3.connect(data / "conversations.db") as database:
        (last,) = database.execute("SELECT sender_id FROM events ORDER BY id DESC LIMIT 1").fetchone()
        rows = database.execute("SELECT data FROM events WHERE sender_id = ?", (last,)).fetchall()
    assert len(rows) == len(set(rows))
    assert sum(json.loads(row)["event"] == "user" for (row,) in rows) == 4
