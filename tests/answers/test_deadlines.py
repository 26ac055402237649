"""Dates are told with their intake, and differently before, on and after the day."""

from __future__ import annotations

import datetime

import pytest
import yaml

from programme_chatbot.answers import Answerer, Wording
from programme_chatbot.knowledge import load
from programme_chatbot.settings import knowledge_file
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
    assert "has passed" in answer.text
    assert "don't know" in answer.text
    assert "2027" not in answer.text
    assert any("universityadmissions" in url for _, url in answer.sources)


def test_between_last_day_and_results_the_round_is_closed_but_not_over(ask: Asker) -> None:
    text = ask("deadlines.last_day", today=datetime.date(2026, 1, 20)).text
    assert "no longer apply" in text
    assert "round is over" not in text


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


def test_the_year_asked_for_decides_even_if_another_is_named_before(ask: Asker) -> None:
    words = "i missed the 2026 deadline , when is the last day for 2027 ?"
    assert ask("deadlines.last_day", words).topic == "deadlines.next_round"


def test_a_year_without_a_known_round_is_said_to_be_unknown(ask: Asker) -> None:
    answer = ask("deadlines.last_day", "deadline for 2022 ?")
    assert answer.text.startswith("I don't know the dates for 2022")
    assert answer.status == "unknown"


def test_a_year_of_a_date_is_not_taken_for_an_intake(ask: Asker) -> None:
    assert ask("deadlines.opening", "did it open in october 2025 ?").status == "answered"


@pytest.fixture(scope="module")
def ask_with_two_rounds(wording: Wording) -> Asker:
    """The knowledge file after an editor has added the round for August 2027."""
    knowledge = load(knowledge_file())
    dates = {"application_opens": "2026-10-15", "last_day": "2027-01-18", "documents_and_fee": "2027-02-01"}
    added = {"id": "round_2027", "intake": "August 2027", "source": "programme_page"}
    content = yaml.safe_load(knowledge_file().read_text(encoding="utf-8"))
    parsed = {name: datetime.date.fromisoformat(date) for name, date in {**dates, "results": "2027-03-25"}.items()}
    content["rounds"].insert(0, {**added, "dates": parsed})
    return Asker(Answerer(type(knowledge).parse_obj(content), wording))


@pytest.mark.parametrize(
    ("topic", "day", "expected"),
    [
        ("deadlines.open_now", "2026-01-10", "Yes, the application for studies starting August 2026 is open"),
        ("deadlines.last_day", "2026-01-10", "15 January 2026"),
        ("deadlines.results", "2026-03-01", "26 March 2026"),
        ("deadlines.last_day", "2026-03-01", "18 January 2027"),
        ("deadlines.open_now", "2026-03-01", "No, the application for studies starting August 2027"),
        ("deadlines.next_round", "2026-03-01", "the application opens on 15 October 2026"),
        ("deadlines.open_now", "2026-11-22", "Yes, the application for studies starting August 2027 is open"),
        ("deadlines.all", "2026-11-22", "18 January 2027"),
    ],
)
def test_with_two_rounds_the_one_that_matters_today_is_told(
    ask_with_two_rounds: Asker, topic: str, day: str, expected: str
) -> None:
    assert expected in ask_with_two_rounds(topic, today=datetime.date.fromisoformat(day)).text


def test_before_the_first_day_the_next_round_is_the_known_one(ask: Asker) -> None:
    answer = ask("deadlines.next_round", today=datetime.date(2025, 9, 1))
    assert answer.status == "answered"
    assert "16 October 2025" in answer.text


def test_study_periods_that_are_over_are_told_as_past(ask: Asker) -> None:
    answer = ask("programme.academic_year", "when does p1 start", today=datetime.date(2028, 3, 1))
    assert " ran from " in answer.text
    assert answer.status == "unknown"


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


def test_a_question_for_a_known_and_a_later_intake_is_answered(ask: Asker) -> None:
    answer = ask("deadlines.next_round", "what about 2027 or 2026 ?")
    assert answer.status == "unknown"
    assert "I don't know the dates of the next admission round" in answer.text


@pytest.mark.parametrize(
    ("words", "day", "expected"),
    [
        ("am i too late ?", "2025-12-01", "No, the application for studies starting August 2026 is open"),
        ("am i too late ?", "2026-02-01", "Yes, for studies starting August 2026 the last day to apply was"),
        ("can i still apply or is it too late ?", "2026-02-01", "No, for studies starting August 2026"),
        ("is it too early ?", "2025-10-01", "Yes, the application for studies starting August 2026 opens only on"),
        ("is it too early ?", "2025-12-01", "No, the application for studies starting August 2026 is open"),
    ],
)
def test_yes_and_no_answer_what_is_asked(ask: Asker, words: str, day: str, expected: str) -> None:
    assert ask("deadlines.open_now", words, today=datetime.date.fromisoformat(day)).text.startswith(expected)


def test_after_the_documents_date_applicants_are_sent_to_where_it_can_be_told(ask: Asker) -> None:
    answer = ask("deadlines.documents", today=datetime.date(2026, 2, 10))
    assert "University Admissions can tell" in answer.text
    assert "next round" in answer.text


def test_after_the_results_it_tells_where_they_are(ask: Asker) -> None:
    answer = ask("deadlines.results", today=datetime.date(2026, 4, 10))
    assert "University Admissions account" in answer.text
    assert "result_where" in answer.used


def test_a_year_after_the_newest_round_opened_the_next_one_may_be_open(ask: Asker) -> None:
    before, after = datetime.date(2026, 10, 15), datetime.date(2026, 10, 16)
    for topic in ("deadlines.open_now", "deadlines.last_day", "deadlines.all"):
        assert "may be open by now" not in ask(topic, today=before).text
        assert "may be open by now" in ask(topic, today=after).text
