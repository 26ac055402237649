"""Which statements of a topic a question without any keyword gets."""

from __future__ import annotations

import pytest

from programme_chatbot.answers import Answerer, Context, Question, Wording
from programme_chatbot.knowledge import Knowledge
from tests.conftest import OPEN


@pytest.fixture
def used(knowledge: Knowledge, wording: Wording):  # type: ignore[no-untyped-def]
    def ask(cosine: float, last_topic: str = "") -> tuple[str, ...]:
        near = (("permit_speed", cosine),)
        question = Question("living.residence_permit", words="zzz", statements=near, context=Context(topic=last_topic))
        return Answerer(knowledge, wording).answer(question, OPEN).used

    return ask


def test_a_question_in_general_gets_the_short_answer(used) -> None:  # type: ignore[no-untyped-def]
    assert used(0.5) == ("permit_need", "permit_when")


def test_a_question_that_is_near_to_a_detail_gets_it_after_the_short_answer(used) -> None:  # type: ignore[no-untyped-def]
    assert used(0.65) == ("permit_need", "permit_when", "permit_speed")


def test_a_question_that_asks_for_a_detail_gets_it_before_the_short_answer(used) -> None:  # type: ignore[no-untyped-def]
    assert used(0.8) == ("permit_speed", "permit_need", "permit_when")


def test_a_question_that_goes_on_with_the_topic_gets_the_nearest_detail_alone(used) -> None:  # type: ignore[no-untyped-def]
    assert used(0.5, "living.residence_permit") == ("permit_speed",)
