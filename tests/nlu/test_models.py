"""What is learnt from examples: intents in context, statements of a topic; and that it survives saving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from programme_chatbot.knowledge.topics import GENERAL
from programme_chatbot.nlu.follow_up import Utterance
from programme_chatbot.nlu.intent_model import IntentModel, Settings
from programme_chatbot.nlu.statement_model import Asked, StatementModel

HOW_MUCH, WHEN, HELLO = np.eye(3, 6, dtype=np.float32)
UTTERANCES = [
    Utterance("how much", "how much", "fees.tuition"),
    Utterance("how much", "how much", "living.costs"),
    Utterance("when", "when", "fees.tuition"),
    Utterance("hello", "hello"),
]
VECTORS = np.array([HOW_MUCH, HOW_MUCH, WHEN, HELLO])
INTENTS = ["ask_tuition_fee", "ask_living_costs", "ask_tuition_payment", "greet"]


@pytest.fixture
def intents() -> IntentModel:
    settings = Settings(c=1000.0, topic_weight=1.0)
    return IntentModel.train(UTTERANCES * 5, np.tile(VECTORS, (5, 1)), np.tile(VECTORS, (5, 1)), INTENTS * 5, settings)


def test_the_same_words_ask_for_something_else_after_another_topic(intents: IntentModel) -> None:
    best = intents.probabilities(UTTERANCES, VECTORS, VECTORS).argmax(axis=1)
    assert [intents.intents[index] for index in best] == INTENTS


def test_an_unknown_topic_before_is_no_topic(intents: IntentModel) -> None:
    unknown = intents.probabilities([Utterance("hello", "hello", "no.such_topic")], VECTORS[3:], VECTORS[3:])
    assert np.allclose(unknown, intents.probabilities(UTTERANCES[3:], VECTORS[3:], VECTORS[3:]))


def test_the_intent_model_survives_saving(intents: IntentModel, tmp_path: Path) -> None:
    intents.save(tmp_path)
    loaded = IntentModel.load(tmp_path)
    assert np.allclose(
        loaded.probabilities(UTTERANCES, VECTORS, VECTORS), intents.probabilities(UTTERANCES, VECTORS, VECTORS)
    )


def test_one_intent_is_too_few() -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        IntentModel.train(UTTERANCES[:1], VECTORS[:1], VECTORS[:1], INTENTS[:1], Settings())


def test_a_question_gets_the_statements_of_its_topic_likeliest_first(tmp_path: Path) -> None:
    asked = [
        Asked("fees.payment", "payment_card"),
        Asked("fees.payment", "payment_refund"),
        Asked("fees.payment", GENERAL),
        Asked("living.costs", "living_range"),
    ]
    model = StatementModel.train(asked * 3, np.tile(np.eye(4, 6, dtype=np.float32), (3, 1)))
    model.save(tmp_path)
    for each in (model, StatementModel.load(tmp_path)):
        ranking = each.ranking("fees.payment", np.eye(6, dtype=np.float32)[1])
        assert ranking[0][0] == "payment_refund"
        assert sum(share for _, share in ranking) == pytest.approx(1, abs=1e-3)
        assert each.ranking("living.costs", np.zeros(6, dtype=np.float32)) == (("living_range", 1.0),)
        assert each.ranking("social.greet", np.zeros(6, dtype=np.float32)) == ()
