"""The wording holds no facts, and a misfit between wording and code is told clearly."""

from __future__ import annotations

import re

import pytest

from programme_chatbot.answers import Wording, WordingError
from programme_chatbot.knowledge import Knowledge
from programme_chatbot.nlu.normaliser import tokenise


def test_a_missing_response_is_named() -> None:
    with pytest.raises(WordingError, match="lacks the response 'utter_reply/greet'"):
        Wording({}).say("greet")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(WordingError, match="takes the values"):
        Wording({"greet": "Hello {name}"}).say("greet", who="x")


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_an_enumeration_reads_as_people_write_it(wording: Wording, items: list[str], text: str) -> None:
    assert wording.listing(items) == text


def test_no_fact_stands_in_the_wording(wording: Wording, knowledge: Knowledge) -> None:
    own = {knowledge.programme.university, knowledge.programme.school.short, "TMAIM", "Stockholm", "Machine"}
    own |= {company.name for company in knowledge.companies} | {course.code for course in knowledge.courses}
    allowed_numbers = {"1"}  # "1 day"
    for name in wording.names():
        text = wording._templates[name]
        words = {text[token.start : token.end] for token in tokenise(text)}
        assert not words & own, name
        assert set(re.findall(r"\d+", text)) <= allowed_numbers, name
