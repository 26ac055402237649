"""The action server answers from the knowledge file as it is, or as it last was when it was valid."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from actions.current import CurrentAnswerer
from programme_chatbot.answers import Question, Wording
from programme_chatbot.knowledge import load
from programme_chatbot.settings import knowledge_file
from tests.conftest import OPEN

LAST_DAY = "last_day: 2026-01-15"
LATER = "last_day: 2026-01-19"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge.yml"
    copy.write_text(knowledge_file().read_text(encoding="utf-8"), encoding="utf-8")
    return copy


@pytest.fixture
def current(file: Path, wording: Wording) -> CurrentAnswerer:
    return CurrentAnswerer(file, load(file), wording)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def last_day(current: CurrentAnswerer) -> str:
    return current.answerer.answer(Question("deadlines.last_day"), OPEN).text


def refresh_twice(current: CurrentAnswerer) -> None:
    current.refresh()
    current.refresh()


def test_an_edited_date_is_answered_without_a_restart(current: CurrentAnswerer, file: Path) -> None:
    assert "15 January 2026" in last_day(current)
    edit(file, LAST_DAY, LATER)
    refresh_twice(current)
    assert "19 January 2026" in last_day(current)
    assert not current.problem
    assert not current.training_needed


def test_a_broken_file_changes_nothing_and_is_told_and_a_mended_one_is_read(
    current: CurrentAnswerer, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(file, LAST_DAY, "last_day: soon")
    with caplog.at_level(logging.ERROR):
        refresh_twice(current)
    assert "15 January 2026" in last_day(current)
    assert "last_day" in current.problem
    assert "the last valid one stays" in caplog.text
    edit(file, "last_day: soon", LATER)
    refresh_twice(current)
    assert "19 January 2026" in last_day(current)
    assert not current.problem


def test_a_broken_file_is_read_and_told_only_once(
    current: CurrentAnswerer, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text("sources: 3\n", encoding="utf-8")
    for _ in range(5):
        current.refresh()
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


def test_a_file_that_is_being_written_is_left_alone(current: CurrentAnswerer, file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace(LAST_DAY, LATER)
    for length in range(1000, len(text), len(text) // 5):
        file.write_text(text[:length], encoding="utf-8")
        current.refresh()
        assert not current.problem
    file.write_text(text, encoding="utf-8")
    refresh_twice(current)
    assert "19 January 2026" in last_day(current)


def test_a_file_that_has_gone_is_a_problem_until_it_is_back(current: CurrentAnswerer, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.unlink()
    refresh_twice(current)
    assert "cannot be read" in current.problem
    assert "15 January 2026" in last_day(current)
    file.write_text(text, encoding="utf-8")
    refresh_twice(current)
    assert not current.problem


def test_a_new_name_needs_training_and_says_so(current: CurrentAnswerer, file: Path) -> None:
    edit(file, "name: Spotify,", "name: Spotify AB,")
    refresh_twice(current)
    assert current.training_needed
    edit(file, "name: Spotify AB,", "name: Spotify,")
    refresh_twice(current)
    assert not current.training_needed
