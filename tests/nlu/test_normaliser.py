"""Messages are brought into one form: shorthand, spelling, names of a kind."""

from __future__ import annotations

import pytest

from programme_chatbot.nlu.normaliser import Normaliser


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    return Normaliser(
        synonyms={"pls": "please", "sista dag": "last day"},
        masks={"another university": ["TU Delft", "Lund"], "the university": ["KTH"]},
        vocabulary={"application", "deadline", "scholarship", "spotify"},
        known_words={"when", "beer", "the", "is", "stipend"},
    )


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("PLS", "please"),
        ("sista dag", "last day"),
        ("aplication deadlin", "application deadline"),
        ("scolarship", "scholarship"),
        ("spotfy", "spotify"),
        ("beer", "beer"),
        ("stipend", "stipend"),
        ("Lund's fees", "another university 's fees"),
        ("the KTH", "the university"),
        ("xyzzyq", "xyzzyq"),
    ],
)
def test_a_message_is_normalised(normaliser: Normaliser, typed: str, normalised: str) -> None:
    assert normaliser.normalise(typed) == normalised


def test_tokens_keep_their_place_in_the_message(normaliser: Normaliser) -> None:
    message = "When is sista dag, pls?"
    places = {token.text: message[token.start : token.end] for token in normaliser.tokens(message)}
    assert places["last day"] == "sista dag"
    assert places["please"] == "pls"
