"""Dates are told with their intake, and differently before, on and after the day."""

from __future__ import annotations

import datetime

import pytest

from tests.conftest import OPEN, OVER, Asker

DAYS = {
    "deadlines.opening": ("16 October 2025", datetime.date(2025, 10, 16)),
    "deadlines.last_day": ("15 January 2026", datetime.date(2026, 1, 15)),
    "deadlines.documents": ("2 February 2026", datetime.date(2026, 2, 2)),
    "deadlines.results": ("26 March 2026", datetime.date(2026, 3, 26)),
}


@pytest.mark.parametrize("topic", DAYS)
def test_the_day_before_a_milestone_one_day_is_left(ask: Asker, topic: str) -> None:
    written, date = DAYS[topic]
    answer = ask(topic, today=date - datetime.timedelta(days=1))
    assert written in answer.text
    assert "August 2026" in answer.text
    assert "1 day" in answer.text
    assert "1 days" not in answer.text


@pytest.mark.parametrize("topic", DAYS)
def test_on_the_day_it_is_today(ask: Asker, topic: str) -> None:
    written, date = DAYS[topic]
    answer = ask(topic, today=date)
    assert written in answer.text
    assert "today" in answer.text


@pytest.mark.parametrize("topic", DAYS)
def test_the_day_after_it_has_passed(ask: Asker, topic: str) -> None:
    written, date = DAYS[topic]
    answer = ask(topic, today=date + datetime.timedelta(days=1))
    assert written in answer.text
    assert not any(word in answer.text for word in ("left", "in 1 day", "today"))


@pytest.mark.parametrize("topic", DAYS)
def test_asked_for_one_date_it_gives_no_other_of_the_round(ask: Asker, topic: str) -> None:
    others = {written for other, (written, _) in DAYS.items() if other != topic}
    if topic == "deadlines.opening":  # that one says until when, too
        others.discard(DAYS["deadlines.last_day"][0])
    assert not [written for written in others if written in ask(topic).text]


def test_the_last_day_ahead_tells_how_long_is_left(ask: Asker) -> None:
    answer = ask("deadlines.last_day", today=OPEN)
    assert "45 days left" in answer.text
    assert answer.sources


def test_after_the_round_the_next_one_is_not_invented(ask: Asker) -> None:
    answer = ask("deadlines.last_day", today=OVER)
    assert "It has passed" in answer.text
    assert "I don't know the dates of the next round" in answer.text
    assert "2027" not in answer.text
    assert any("universityadmissions" in url for _, url in answer.sources)


@pytest.mark.parametrize(
    ("day", "first_word"),
    [("2025-10-15", "No"), ("2025-10-16", "Yes"), ("2026-01-15", "Yes"), ("2026-01-16", "No"), ("2026-11-22", "No")],
)
def test_whether_it_is_open_begins_with_yes_or_no(ask: Asker, day: str, first_word: str) -> None:
    answer = ask("deadlines.open_now", today=datetime.date.fromisoformat(day))
    assert answer.text.startswith(first_word)
    assert "August 2026" in answer.text


def test_a_question_about_a_later_year_is_about_the_next_round(ask: Asker) -> None:
    answer = ask("deadlines.last_day", "when is the deadline for 2027 ?", today=OPEN)
    assert answer.topic == "deadlines.next_round"
    assert answer.status == "unknown"


def test_a_question_about_a_past_year_gets_the_dates_of_that_round(ask: Asker) -> None:
    answer = ask("deadlines.last_day", "when was the deadline in 2020 ?")
    assert "15 January 2020" in answer.text
    assert "autumn 2020" in answer.text


def test_the_pattern_of_past_rounds_is_told_as_history(ask: Asker) -> None:
    answer = ask("deadlines.next_round", today=OVER)
    assert answer.status == "unknown"
    assert "opened on 16 October" in answer.text
    assert "history, not a promise" in answer.text


def test_the_timeline_tells_what_has_passed_and_what_is_ahead(ask: Asker) -> None:
    answer = ask("deadlines.all", today=datetime.date(2026, 2, 2))
    assert "15 January 2026: last day to apply (passed)" in answer.text
    assert "(today)" in answer.text
    assert "26 March 2026: admission results (in 52 days)" in answer.text
