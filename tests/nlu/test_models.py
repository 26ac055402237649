"""What is learnt from examples: likeness, intents in context, statements of a topic; and that it survives saving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from programme_chatbot.knowledge.topics import GENERAL
from programme_chatbot.nlu.features import Array
from programme_chatbot.nlu.intent_model import IntentModel, Settings
from programme_chatbot.nlu.kernel_ridge import kernel, probabilities, weights_of
from programme_chatbot.nlu.likeness import Likeness
from programme_chatbot.nlu.sentence_encoder import shared_encoder
from programme_chatbot.nlu.statement_model import Asked, StatementModel

TEXTS = ["how much is it", "when must i pay", "hello", "can i get my money back", "what does a room cost"]
HOW_MUCH, WHEN, HELLO, BACK, ROOM = range(5)
AFTER = ["fees.tuition", "living.costs", "fees.tuition", ""]
OWN = np.array([HOW_MUCH, HOW_MUCH, WHEN, HELLO], dtype=np.int32)
INTENTS = ["ask_tuition_fee", "ask_living_costs", "ask_tuition_payment", "greet"]


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    return Likeness.train(shared_encoder(), TEXTS)


@pytest.fixture(scope="module")
def alike(likeness: Likeness) -> Array:
    return likeness(TEXTS)


@pytest.fixture(scope="module")
def intents(likeness: Likeness) -> IntentModel:
    settings = Settings(topic_weight=1.0)
    return IntentModel.train(likeness, own=OWN, in_context=OWN, after=AFTER, intents=INTENTS, settings=settings)


def test_a_text_is_alike_to_itself_most_and_to_the_same_matter_more_than_to_another(alike: Array) -> None:
    assert np.allclose(np.diag(alike), 1, atol=1e-3)
    assert alike[WHEN, BACK] > alike[WHEN, HELLO]


def test_known_texts_are_compared_as_if_they_were_new(likeness: Likeness, alike: Array) -> None:
    rows = np.array([HELLO, WHEN, HELLO], dtype=np.int32)
    assert np.allclose(likeness.among_known(rows), alike[rows], atol=1e-2)


def test_likeness_survives_saving(likeness: Likeness, alike: Array, tmp_path: Path) -> None:
    likeness.save(tmp_path)
    assert np.allclose(Likeness.load(shared_encoder(), tmp_path)(TEXTS), alike, atol=1e-2)


def test_weights_reproduce_the_labels_of_the_examples_as_far_as_the_ridge_lets_them() -> None:
    between = kernel(np.eye(3, dtype=np.float32))
    weights = weights_of(between.copy(), [0, 1, 0], ridge=1e-4)
    assert np.allclose(between @ weights, [[1, 0], [0, 1], [1, 0]], atol=1e-2)


def test_the_kernel_rises_from_0_for_opposites_to_1_for_the_same() -> None:
    assert kernel(np.array([-1.0, 0.0, 1.0])).tolist() == [0.0, 0.125, 1.0]


def test_probabilities_add_up_to_1_and_keep_the_order_of_the_scores() -> None:
    shares = probabilities(np.array([[0.9, -0.2, 0.3]]), power=3.0)
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert shares.argsort().tolist() == [[1, 2, 0]]


def test_the_same_words_ask_for_something_else_after_another_topic(intents: IntentModel, alike: Array) -> None:
    best = intents.probabilities(alike[OWN], alike[OWN], AFTER).argmax(axis=1)
    assert [intents.intents[index] for index in best] == INTENTS


def test_an_unknown_topic_before_is_no_topic(intents: IntentModel, alike: Array) -> None:
    hello = alike[[HELLO]]
    unknown = intents.probabilities(hello, hello, ["no.such_topic"])
    assert np.allclose(unknown, intents.probabilities(hello, hello, [""]))
    assert intents.intents[unknown.argmax()] == "greet"


def test_the_intent_model_survives_saving(intents: IntentModel, alike: Array, tmp_path: Path) -> None:
    intents.save(tmp_path)
    loaded = IntentModel.load(tmp_path)
    rows = alike[OWN]
    assert np.allclose(loaded.probabilities(rows, rows, AFTER), intents.probabilities(rows, rows, AFTER))


def test_one_intent_is_too_few(likeness: Likeness) -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        IntentModel.train(
            likeness, own=OWN[:1], in_context=OWN[:1], after=AFTER[:1], intents=INTENTS[:1], settings=Settings()
        )


def test_a_question_gets_the_statements_of_its_topic_likeliest_first(
    likeness: Likeness, alike: Array, tmp_path: Path
) -> None:
    asked = [
        Asked("fees.payment", "payment_time"),
        Asked("fees.payment", "payment_refund"),
        Asked("fees.payment", GENERAL),
        Asked("living.costs", "living_range"),
    ]
    model = StatementModel.train(likeness, asked, np.array([WHEN, BACK, HELLO, ROOM], dtype=np.int32))
    model.save(tmp_path)
    for each in (model, StatementModel.load(tmp_path)):
        ranking = each.ranking("fees.payment", alike[BACK])
        assert ranking[0][0] == "payment_refund"
        assert sum(share for _, share in ranking) == pytest.approx(1, abs=1e-3)
        assert each.ranking("living.costs", alike[HELLO]) == (("living_range", 1.0),)
        assert each.ranking("social.greet", alike[HELLO]) == ()
