"""The answers of one reply: each question in the light of those before it, and nothing twice."""

from __future__ import annotations

import pytest

from actions.answering import answers_to
from programme_chatbot.answers import Answerer, Context, Question, Wording
from programme_chatbot.knowledge import Knowledge
from tests.conftest import OPEN


@pytest.fixture
def answerer(knowledge: Knowledge, wording: Wording) -> Answerer:
    return Answerer(knowledge, wording)


def topics(answerer: Answerer, *questions: Question) -> list[str]:
    answers, _ = answers_to(answerer, list(questions), Context(), OPEN)
    return [answer.topic for answer, _ in answers]


def test_a_question_asked_twice_in_a_message_is_answered_once(answerer: Answerer) -> None:
    twice = Question("programme.length", otherwise=Question("programme.language"))
    assert topics(answerer, twice, twice) == ["programme.length"]


def test_one_refusal_a_reply_is_enough(answerer: Answerer) -> None:
    refused = [Question("out_of_scope.task"), Question("programme.length"), Question("out_of_scope.prediction")]
    assert topics(answerer, *refused) == ["out_of_scope.task", "programme.length"]


def test_thanks_beside_a_question_get_no_reply_of_their_own(answerer: Answerer) -> None:
    assert topics(answerer, Question("social.thanks"), Question("programme.length")) == ["programme.length"]
    assert topics(answerer, Question("social.thanks")) == ["social.thanks"]


def test_who_asks_whether_this_is_a_person_is_told_beside_any_question(answerer: Answerer) -> None:
    asked = [Question("social.identity"), Question("programme.length")]
    assert topics(answerer, *asked) == ["social.identity", "programme.length"]
