"""Messages are split where a new question begins, and nowhere else."""

from __future__ import annotations

import re

import pytest

from programme_chatbot.nlu.clauses import Clause, items, parts, sentences, without_rejected


def split(message: str) -> list[str]:
    return [part.text for sentence in sentences(message) for part in parts(sentence)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("When is the deadline?", ["When is the deadline?"]),
        ("When is the last day\nto apply?", ["When is the last day\nto apply?"]),
        ("where to apply\nlast day", ["where to apply", "last day"]),
        ("When is the deadline and how much is the fee?", ["When is the deadline", "how much is the fee?"]),
        ("What is the fee? Which courses are there?", ["What is the fee?", "Which courses are there?"]),
        ("1. deadline\n2. fees\n", ["1. deadline", "2. fees"]),
        ("mathematics and statistics courses", ["mathematics and statistics courses"]),
        ("Is it e.g. in English?", ["Is it e.g. in English?"]),
        ("I need 6.5 in IELTS, is that right?", ["I need 6.5 in IELTS", "is that right?"]),
        ("If I am admitted, when do I hear?", ["If I am admitted, when do I hear?"]),
        ("where to apply / last day / thx", ["where to apply", "last day", "thx"]),
        ("open date??? close date???results?", ["open date???", "close date???", "results?"]),
        ("1) length 2) language", ["length", "language"]),
        ("I come from Lund. And the fee?", ["I come from Lund.", "And the fee?"]),
        ("I got it. and the fee?", ["I got it.", "and the fee?"]),
        ("88 in TOEFL :( what was the bar", ["88 in TOEFL", "what was the bar"]),
        ("how much is it n do germans pay it", ["how much is it", "do germans pay it"]),
        ("deadline + fee", ["deadline", "fee"]),
        ("Ask Dr. Berg, please", ["Ask Dr. Berg", "please"]),
        ("General Training also ok?", ["General Training also ok?"]),
        ("", []),
        ("?!", []),
    ],
)
def test_a_message_is_split_into_its_questions(message: str, expected: list[str]) -> None:
    assert split(message) == expected


def test_the_parts_know_their_place_in_the_message() -> None:
    message = "  Hello!  When is the deadline and how much is it? "
    for sentence in sentences(message):
        for part in parts(sentence):
            assert message[part.start : part.end] == part.text


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("When and where do I apply?", ["When do I apply?", "where do I apply?"]),
        ("by when n how do i pay the fee", ["by when do i pay the fee", "how do i pay the fee"]),
        ("Tell me how much and until when I pay", ["Tell me how much I pay", "until when I pay"]),
        (
            "How and when do I apply, and what does it cost?",
            ["How do I apply", "when do I apply", "what does it cost?"],
        ),
    ],
)
def test_two_question_words_that_share_a_verb_get_it_both(message: str, expected: list[str]) -> None:
    assert split(message) == expected


def test_of_a_shared_verb_only_the_other_question_word_is_left_out() -> None:
    message = "when and where do i apply"
    first, second = parts(Clause(message, 0, len(message)))
    words = [(found.start(), found.end()) for found in re.finditer(r"\w+", message)]
    assert [message[slice(*word)] for word in words if first.holds(*word)] == ["when", "do", "i", "apply"]
    assert [message[slice(*word)] for word in words if second.holds(*word)] == ["where", "do", "i", "apply"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("fees, scholarships & housing?", ["fees", "scholarships", "housing?"]),
        ("deadline and ielts score", ["deadline", "ielts score"]),
        (
            "the course on AI, can I skip it or not, it's worth how much",
            ["can I skip it or not", "it's worth how much"],
        ),
        ("I was good in maths, physics and chemistry", []),
        ("is 9,450 a month enough?", []),
        ("if I am late, ill or lost, what then?", []),
    ],
)
def test_what_a_sentence_lists_may_be_asked_about_one_by_one(message: str, expected: list[str]) -> None:
    listed = items(Clause(message, 0, len(message)))
    assert [item.text for item in listed] == expected
    assert all(item.asks for item in listed)


@pytest.mark.parametrize(
    "text", ["When?", "I wonder about the fee", "could you tell me more", "not sure when to apply"]
)
def test_questions_in_disguise_ask(text: str) -> None:
    assert Clause(text, 0, len(text)).asks


@pytest.mark.parametrize("text", ["I live in Brazil.", "My daughter likes mathematics", "Best regards, Anna"])
def test_statements_do_not_ask(text: str) -> None:
    assert not Clause(text, 0, len(text)).asks


def test_a_sentence_that_begins_with_when_may_ask_several_things() -> None:
    sentence = Clause("When does it open, how much is it, and do I need a test?", 0, 56)
    assert [part.text for part in parts(sentence)] == ["When does it open", "how much is it", "do I need a test?"]


def test_a_condition_that_begins_with_when_belongs_to_its_question() -> None:
    sentence = Clause("When I am admitted, do I have to reply?", 0, 39)
    assert [part.text for part in parts(sentence)] == [sentence.text]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("not the living costs, the application fee", ", the application fee"),
        ("no sorry, not the papers, I meant the opening", ", I meant the opening"),
        ("the studying itself i meant. not rent not application", "the studying itself i meant."),
        ("not my grades but the dates", "but the dates"),
        ("not from the EU, do i pay?", "not from the EU, do i pay?"),
        ("not rent, not food?", "not rent, not food?"),
        ("not the last day to apply?", "not the last day to apply?"),
    ],
)
def test_what_somebody_says_not_to_mean_is_left_out(message: str, expected: str) -> None:
    meant = without_rejected(message)
    assert len(meant) == len(message)
    assert meant.strip() == expected
