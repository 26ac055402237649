"""A turn gets only a part of a long conversation; nobody notices."""

from __future__ import annotations

import pytest

from programme_chatbot.answers import NOTICE_TOPIC
from tests.trained import Bot

pytestmark = pytest.mark.bot

TURNS = 40  # of ten events each: four times what a turn gets
QUESTIONS = (
    ("When is the last day to apply?", "deadlines.last_day"),
    ("How many credits is DD2434?", "courses.credits"),
    ("Has anyone done their thesis at Spotify?", "degree_project.companies"),
    ("Which courses are mandatory?", "courses.mandatory"),
)


def test_the_notice_comes_once_and_follow_ups_are_understood_to_the_end(bot: Bot) -> None:
    topics = []
    for number in range(TURNS):
        messages = bot.messages(QUESTIONS[number % len(QUESTIONS)][0], "a long talk")
        topics += [message["metadata"]["topic"] for message in messages]
    expected = [QUESTIONS[number % len(QUESTIONS)][1] for number in range(TURNS)]
    assert topics == [NOTICE_TOPIC, *expected]
    (follow_up,) = bot.messages("how many credits is the second one?", "a long talk")
    assert "DD2380" in follow_up["text"]
