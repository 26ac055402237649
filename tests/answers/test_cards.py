"""Cards show what the text says, for pages where looking beats reading."""

from __future__ import annotations

import datetime

import pytest

from tests.conftest import Asker


@pytest.mark.parametrize(
    ("today", "states", "left"),
    [
        ("2025-10-01", ["next", "ahead", "ahead", "ahead"], [15, 106, 124, 176]),
        ("2026-01-15", ["passed", "today", "next", "ahead"], [None, None, 18, 70]),
        ("2026-11-22", ["passed"] * 4, [None] * 4),
    ],
)
def test_the_timeline_tells_what_has_passed_and_what_comes_next(
    ask: Asker, today: str, states: list[str], left: list[int | None]
) -> None:
    answer = ask("deadlines.all", today=datetime.date.fromisoformat(today))
    assert answer.card is not None
    assert answer.card["type"] == "timeline"
    assert [item["date"] for item in answer.card["items"]] == ["2025-10-16", "2026-01-15", "2026-02-02", "2026-03-26"]
    assert [item["state"] for item in answer.card["items"]] == states
    assert [item["days_left"] for item in answer.card["items"]] == left


def test_a_list_of_courses_has_codes_and_credits_by_group(ask: Asker) -> None:
    card = ask("courses.mandatory").card
    assert card is not None
    courses = [course for group in card["groups"] for course in group["courses"]]
    assert {"code": "DD2434", "name": "Machine Learning, Advanced Course", "credits": "7.5"} in courses


def test_companies_are_a_list_and_the_text_names_them_too(ask: Asker) -> None:
    answer = ask("careers.employers")
    assert answer.card is not None
    assert answer.card["items"] == ["Dice", "Logitech", "Google", "McKinsey"]
    assert all(name in answer.text for name in answer.card["items"])


def test_an_answer_of_one_fact_has_no_card(ask: Asker) -> None:
    assert ask("deadlines.last_day").card is None
