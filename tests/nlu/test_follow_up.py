"""A message is read in the light of what was answered last, if it depends on it."""

from __future__ import annotations

import numpy as np
import pytest

from programme_chatbot.nlu.follow_up import depends_on_context, in_context
from programme_chatbot.nlu.normaliser import join, tokenise
from programme_chatbot.nlu.stay_model import StayModel, features


@pytest.mark.parametrize(
    "text",
    ["can i do it abroad ?", "and the results ?", "what about the second one ?", "for how long ?", "how much ?"],
)
def test_pronouns_short_questions_and_beginnings_with_and_depend_on_context(text: str) -> None:
    assert depends_on_context(text)


@pytest.mark.parametrize(
    "text",
    ["is there a deadline for the application ?", "when does the programme start in stockholm ?", ""],
)
def test_questions_with_a_subject_of_their_own_do_not(text: str) -> None:
    assert not depends_on_context(text)


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


def test_the_stay_model_learns_and_survives_saving(tmp_path: object) -> None:
    def row(near: float) -> np.ndarray:
        alone = np.array([0.6, 0.4], dtype=np.float32)
        return features(alone=alone, in_context=alone, last=1, near_last=near, near_others=0.3)

    rows = [row(0.1), row(0.2), row(0.7), row(0.8)]
    model = StayModel.train(rows, [False, False, True, True])
    assert model.probability(row(0.75)) > 0.5 > model.probability(row(0.15))
    model.save(tmp_path)  # type: ignore[arg-type]
    assert StayModel.load(tmp_path) == model  # type: ignore[arg-type]
    assert StayModel.never().probability(row(0.9)) < 1e-6
