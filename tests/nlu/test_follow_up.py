"""A message is read in the light of what was answered last, if it depends on it."""

from __future__ import annotations

import pytest

from programme_chatbot.nlu.follow_up import Utterance, in_context, utterance_of
from programme_chatbot.nlu.normaliser import join, tokenise


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("can I do it abroad", "degree_project.overview", "can i do the degree project abroad"),
        ("for how long", "living.accommodation", "for how long the accommodation"),
        ("is there one for it", "fees.tuition", "is there the tuition fee for it"),
        ("what is the tuition fee", "fees.tuition", "what is the tuition fee"),
        ("and now", "social.greet", "and now"),
        ("and now", "", "and now"),
    ],
)
def test_the_subject_of_the_last_topic_is_spelt_out(text: str, topic: str, expected: str) -> None:
    assert join(in_context(tokenise(text), topic)) == expected


def test_an_utterance_holds_its_words_alone_and_in_context() -> None:
    tokens = tokenise("for how long")
    assert utterance_of(tokens) == Utterance("for how long", "for how long")
    after = utterance_of(tokens, "living.accommodation")
    assert after == Utterance("for how long", "for how long the accommodation", "living.accommodation")
