"""Log lines carry the request and hold nothing that a user wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from programme_chatbot import logs
from programme_chatbot.cli import main

SECRET = "my name is Alma"


def line(*, as_json: bool = True, name: str = "rasa.core", **values: Any) -> str:
    record = logging.makeLogRecord({"name": name, "levelname": "ERROR", "msg": "It failed.", **values})
    return logs.LineFormatter(as_json=as_json).format(record)


def caught(function: Any) -> dict[str, Any]:
    try:
        function()
    except Exception as error:
        return {"exc_info": (type(error), error, error.__traceback__)}
    raise AssertionError("nothing was raised")


def test_an_exception_is_told_by_type_and_place_without_its_text() -> None:
    def fail() -> None:
        try:
            raise ValueError(f"500, body='{SECRET}'")
        except ValueError as error:
            raise RuntimeError(SECRET) from error

    for text in (line(**caught(fail)), line(as_json=False, **caught(fail))):
        assert SECRET not in text
        assert "builtins.ValueError" in text
        assert "builtins.RuntimeError" in text
        assert "test_logs.py" in text


def test_what_went_wrong_with_a_file_or_a_connection_is_told() -> None:
    assert "No such file or directory" in line(**caught(Path("/nowhere/at/all").read_text))
    assert "no such table: events" in line(
        **caught(lambda: sqlite3.connect(":memory:").execute("select * from events"))
    )


def test_exceptions_that_cause_each_other_end_somewhere() -> None:
    first, second = ValueError(), ValueError()
    first.__context__, second.__context__ = second, first
    assert logs.described(first).count("ValueError") == 2


def test_of_rasa_s_structured_lines_only_the_event_is_kept() -> None:
    structured = json.dumps({"event": "event.deserialization.failed", "rasa_event": {"text": SECRET}, "text": SECRET})
    content = json.loads(line(msg=structured))
    assert content["message"] == "event.deserialization.failed"
    assert SECRET not in str(content)
    assert json.loads(line(msg="{not JSON"))["message"] == "{not JSON"


def test_a_database_error_that_rasa_writes_into_a_line_holds_no_values() -> None:
    import sqlalchemy

    logs.configure()
    engine = sqlalchemy.create_engine("sqlite://")
    with pytest.raises(sqlalchemy.exc.OperationalError) as caught_error:
        engine.execute(sqlalchemy.text("insert into events values (:text)"), text=SECRET)
    assert "no such table: events" in str(caught_error.value)
    assert SECRET not in str(caught_error.value)


def test_lines_of_a_request_carry_its_id_and_no_other_s() -> None:
    async def handle(number: int) -> tuple[str, str]:
        id_ = logs.new_request()
        await asyncio.sleep(0.01 * number)
        return id_, json.loads(line())["request_id"]

    async def both() -> list[tuple[str, str]]:
        return await asyncio.gather(handle(2), handle(1))

    pairs = asyncio.run(both())
    assert all(expected == written for expected, written in pairs)
    assert pairs[0][0] != pairs[1][0]
    assert "request_id" not in json.loads(line())


def test_a_line_is_one_line_in_both_forms() -> None:
    record = {"msg": "two\nlines", "details": {"channel": "web", "ms": 12}}
    assert "\n" not in line(**record)
    assert json.loads(line(**record))["ms"] == 12
    assert line(as_json=False, **{**record, "msg": "Message handled."}).endswith(
        "ERROR rasa.core - Message handled. channel=web ms=12"
    )


def test_a_format_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    assert main(["topics"]) == 1
    assert "LOG_FORMAT is 'xml'; it must be one of text, json." in capsys.readouterr().err
