"""The tracker store keeps every event once, and says so when it cannot."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config
from sqlalchemy.exc import SQLAlchemyError

from programme_chatbot.settings import PROJECT_FOLDER
from programme_chatbot.stores.conversations import ConversationStore
from tests.channels.web_server import DOMAIN, EchoBot, error_of, serving


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PROGRAMME_DATA", str(tmp_path))
    return tmp_path


def add(store: ConversationStore, *events: Event) -> None:
    """Adds events to the conversation "me" as a turn does."""
    tracker = asyncio.run(store.get_or_create_tracker("me"))
    for event in events:
        tracker.update(event, DOMAIN)
    asyncio.run(store.save(tracker))


def kept(store: ConversationStore) -> DialogueStateTracker:
    tracker = asyncio.run(store.retrieve("me"))
    assert tracker is not None
    return tracker


def texts(store: ConversationStore) -> list[str]:
    return [event.text for event in kept(store).events if isinstance(event, UserUttered) and event.text]


def test_endpoints_yml_leads_to_this_store() -> None:
    config = read_endpoint_config(str(PROJECT_FOLDER / "endpoints.yml"), "tracker_store")
    assert isinstance(TrackerStore.create(config), ConversationStore)


def test_a_conversation_survives_a_restart(folder: Path) -> None:
    add(ConversationStore(DOMAIN), SessionStarted(), UserUttered("one"), BotUttered("two"))
    assert texts(ConversationStore(DOMAIN)) == ["one"]
    assert (folder / "conversations.db").exists()


def test_the_file_has_a_write_ahead_log(folder: Path) -> None:
    add(ConversationStore(DOMAIN), UserUttered("one"))
    with sqlite3.connect(folder / "conversations.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_a_clock_that_jumps_neither_hides_nor_doubles_events(jump: float) -> None:
    store = ConversationStore(DOMAIN)
    now = 1_700_000_000.0
    add(store, ActionExecuted("action_session_start", timestamp=now), SessionStarted(timestamp=now))
    add(store, UserUttered("before", timestamp=now + 1))
    add(store, UserUttered("after", timestamp=now + 1 + jump))
    add(store, UserUttered("later", timestamp=now + 2 + jump))
    assert texts(store) == ["before", "after", "later"]


def test_a_new_session_hides_the_one_before_but_keeps_it() -> None:
    store = ConversationStore(DOMAIN)
    add(store, SessionStarted(timestamp=2.0), UserUttered("old", timestamp=2.0))
    add(store, SessionStarted(timestamp=1.0), UserUttered("new", timestamp=1.0))
    assert texts(store) == ["new"]
    full = asyncio.run(store.retrieve_full_tracker("me"))
    assert full is not None
    assert [event.text for event in full.events if isinstance(event, UserUttered)] == ["old", "new"]


def add_long_session(store: ConversationStore, turns: int = 60) -> list[str]:
    """Adds a session whose slot was set early on; returns what was said, in order."""
    add(store, SessionStarted(), BotUttered("notice"), SlotSet("feedback", "given once"))
    for number in range(turns):
        add(store, ActionExecuted("action_listen"), UserUttered(f"question {number}"), BotUttered(f"answer {number}"))
    return ["notice", *(f"{side} {number}" for number in range(turns) for side in ("question", "answer"))]


def said(tracker: DialogueStateTracker) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered | BotUttered) and event.text]


def test_every_event_of_a_long_session_is_kept_once_and_in_order() -> None:
    store = ConversationStore(DOMAIN)
    add(store, SessionStarted(), UserUttered("an earlier session"))
    assert add_long_session(store) == said(kept(store))


def test_a_turn_of_a_long_session_gets_its_beginning_its_end_and_its_slots() -> None:
    store = ConversationStore(DOMAIN)
    everything = add_long_session(store)
    turn = asyncio.run(store.get_or_create_tracker("me"))
    whole = kept(store)
    assert len(turn.events) <= 101 < len(whole.events)
    assert said(turn)[0] == "notice"
    assert said(turn)[-50:] == everything[-50:]
    assert turn.get_slot("feedback") == "given once"
    assert turn.latest_message == whole.latest_message
    assert isinstance(turn.events[0], SessionStarted)


def test_saving_a_turn_of_a_long_session_twice_keeps_it_once() -> None:
    store = ConversationStore(DOMAIN)
    everything = add_long_session(store)
    turn = asyncio.run(store.get_or_create_tracker("me"))
    turn.update(UserUttered("one more"), DOMAIN)
    asyncio.run(store.save(turn))
    asyncio.run(store.save(turn))
    assert said(kept(store)) == [*everything, "one more"]


def test_a_rating_in_the_middle_of_a_long_session_reaches_the_next_turn() -> None:
    store = ConversationStore(DOMAIN)
    add_long_session(store)
    rated = kept(store)
    rated.update(SlotSet("feedback", "changed"), DOMAIN)
    asyncio.run(store.save(rated))
    turn = asyncio.run(store.get_or_create_tracker("me"))
    assert turn.get_slot("feedback") == kept(store).get_slot("feedback") == "changed"


def test_a_session_after_a_long_one_begins_empty() -> None:
    store = ConversationStore(DOMAIN)
    add_long_session(store)
    add(store, SessionStarted(), UserUttered("new"))
    assert said(asyncio.run(store.get_or_create_tracker("me"))) == texts(store) == ["new"]


def test_a_database_that_is_away_is_told_and_is_used_once_it_is_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = folder / "later" / "conversations.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    file.mkdir(parents=True)  # a folder in its place
    store = ConversationStore(DOMAIN)
    assert "The database does not answer" in caplog.text
    with pytest.raises(SQLAlchemyError):
        add(store, UserUttered("one"))
    file.rmdir()
    add(store, UserUttered("two"))
    assert texts(store) == ["two"]


def test_no_message_text_stands_in_the_errors_of_the_store(folder: Path) -> None:
    store = ConversationStore(DOMAIN)
    with sqlite3.connect(folder / "conversations.db") as connection:
        connection.execute("DROP TABLE events")
        connection.execute("CREATE TABLE events (id INTEGER)")
    tracker = store.init_tracker("me")
    tracker.update(UserUttered("something private"), DOMAIN)
    with pytest.raises(SQLAlchemyError) as caught:
        asyncio.run(store.save(tracker))
    assert "private" not in str(caught.value)


class FailingStore(ConversationStore):
    async def save(self, tracker: DialogueStateTracker) -> None:
        raise OSError("the disk is gone")


def test_when_the_store_fails_the_visitor_is_told_and_nothing_is_kept_in_memory(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot = EchoBot(FailingStore(DOMAIN))
    with serving(bot) as web:
        token = web.start()
        assert error_of(web.say(token, "hello")) == (503, "unavailable")
        assert web.history(token) == []
    assert not hasattr(bot.tracker_store, "fallback_tracker_store")
    assert "the disk is gone" in caplog.text


def test_git_ignores_databases_and_the_data_folder() -> None:
    ignored = (PROJECT_FOLDER / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/var/", "*.db", "*.db-*"} <= set(ignored)
