"""Conversations are deleted by age or one by one, whole, and for good."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import pytest

from programme_chatbot.cli import main
from programme_chatbot.operations import retention
from programme_chatbot.operations.retention import forget_conversation, forget_older_than
from tests.operations.conftest import NOW, Conversations

QUARTER = datetime.timedelta(days=90)
TURN = {"text": "how much is it?"}


def test_only_conversations_whose_last_event_is_older_are_deleted(conversations: Conversations) -> None:
    conversations.add("old", TURN, days_ago=91)
    conversations.add("recent", TURN, days_ago=89)
    conversations.add("came back", TURN, days_ago=200)
    conversations.add("came back", TURN, days_ago=1)
    assert forget_older_than(QUARTER, now=NOW) == 1
    assert conversations.senders() == {"recent", "came back"}


def test_a_conversation_that_goes_on_keeps_its_old_messages(conversations: Conversations) -> None:
    conversations.add("came back", {"text": "the old question"}, days_ago=200)
    conversations.add("came back", TURN, days_ago=1)
    forget_older_than(QUARTER, now=NOW)
    assert "the old question" in everything(conversations)


def test_more_conversations_than_a_batch_are_all_deleted(
    conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    for number in range(5):
        conversations.add(f"old {number}", TURN, days_ago=100)
    conversations.add("recent", TURN)
    assert forget_older_than(QUARTER, now=NOW) == 5
    assert conversations.senders() == {"recent"}


def test_one_conversation_is_deleted_by_its_session_and_no_other(conversations: Conversations) -> None:
    for sender in ("web-abc", "web-abcd", "telegram-1"):
        conversations.add(sender, TURN)
    assert forget_conversation("abc") > 0
    assert conversations.senders() == {"web-abcd", "telegram-1"}
    assert forget_conversation("telegram-1") > 0
    assert forget_conversation("%") == 0
    assert conversations.senders() == {"web-abcd"}


def test_what_is_deleted_is_no_longer_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "conversations.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    conversations = Conversations(f"sqlite:///{file}")
    conversations.add("old", {"text": "a distinct question"}, days_ago=100)
    assert holds(file, b"a distinct question")
    assert forget_older_than(QUARTER, now=NOW) == 1
    assert not holds(file, b"a distinct question")
    conversations.store.engine.dispose()


def test_the_command_deletes_and_says_how_many(
    conversations: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    conversations.add("old", TURN, days_ago=100)  # and long before the present
    assert main(["forget", "--older-than", "4w"]) == 0
    assert capsys.readouterr().out == "Conversations deleted: 1.\n"
    assert main(["forget", "--session", "nobody"]) == 1
    assert "no conversation with that id" in capsys.readouterr().err


def test_before_the_first_conversation_there_is_nothing_to_delete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "conversations.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    assert forget_older_than(QUARTER) == 0
    assert forget_conversation("abc") == 0
    assert not file.exists()


@pytest.mark.parametrize("age", ["90", "0d", "-1d", "1y", "d", "99999d", ""])
def test_an_age_that_is_none_is_refused(age: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["forget", f"--older-than={age}"])
    assert caught.value.code == 2
    assert "is not an age; write hours, days or weeks as 12h, 90d or 4w" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["postgresql://user:hunter2@127.0.0.1:9/chatbot", "mysql://user:hunter2@localhost/x", "hunter2"]
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["forget", "--older-than", "90d"]) == 1
    error = capsys.readouterr().err
    assert "database" in error.lower()
    assert "hunter2" not in error
    assert "Traceback" not in error


def test_a_file_that_is_no_database_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "conversations.db"
    file.write_text("not a database, but as long as the head of one would have to be " * 20)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    assert main(["forget", "--older-than", "90d"]) == 1
    assert capsys.readouterr().err.startswith("The database of the conversations does not work: file is not a database")


def everything(conversations: Conversations) -> str:
    with conversations.store.session_scope() as session:
        return "".join(data for (data,) in session.query(conversations.store.SQLEvent.data))


def holds(file: Path, content: bytes) -> bool:
    return any(content in part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
