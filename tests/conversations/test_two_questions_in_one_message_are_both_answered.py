from __future__ import annotations

import pytest

from tests.trained import Bot

pytestmark = pytest.mark.bot


def topics(bot: Bot, message: str) -> list[str]:
    return [reply["metadata"]["topic"] for reply in bot.replies(message)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("When is the deadline and which courses are mandatory?", ["deadlines.last_day", "courses.mandatory"]),
        ("How long is the programme? In which language is it taught?", ["programme.length", "programme.language"]),
        ("Hi! When do I get the results?", ["deadlines.results"]),
    ],
)
def test_each_question_is_answered_once_in_order(bot: Bot, message: str, expected: list[str]) -> None:
    assert topics(bot, message) == expected
