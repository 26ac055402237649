"""What a message asks is decided from probabilities: one question or several, in scope or not, clear or not."""

from __future__ import annotations

import numpy as np
import pytest

from programme_chatbot.nlu.follow_up import Utterance
from programme_chatbot.nlu.judgement import Judge, Thresholds
from programme_chatbot.nlu.normaliser import tokenise
from programme_chatbot.nlu.scoring import Scores
from programme_chatbot.nlu.understanding import Understanding

INTENTS = ["ask_last_day_to_apply", "ask_tuition_fee", "greet", "out_of_scope_general", "out_of_scope_other_university"]
CUES = {"deadline": 0, "fee": 1, "hello": 2, "weather": 3, "another": 4, "elsewhere": 4}


def score(utterances: list[Utterance]) -> Scores:
    """Gives each intent weight for the cue words of an utterance in its context; no cue, no clear intent."""
    rows = []
    for utterance in utterances:
        row = np.full(len(INTENTS), 0.05)
        for word in f"{utterance.text} {utterance.in_context}".split():
            if word in CUES:
                row[CUES[word]] += 2.0 if word == "elsewhere" else 1.0
        rows.append(row / row.sum() if row.max() > 0.5 else np.full(len(INTENTS), 0.05))
    return Scores(np.array(rows, dtype=np.float32), np.zeros((len(utterances), 0), dtype=np.float32))


def intents(message: str, last_topic: str = "") -> list[str]:
    tokens = tokenise(message)
    understanding = Understanding(INTENTS, score, lambda topic, vector: (), Thresholds())
    return [reading.intent for reading in understanding.read(message, tokens, tokens, last_topic)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("the deadline?", ["ask_last_day_to_apply"]),
        ("What is the deadline? And the fee?", ["ask_last_day_to_apply", "ask_tuition_fee"]),
        ("What is the deadline and what is the fee?", ["ask_last_day_to_apply", "ask_tuition_fee"]),
        ("The deadline? When is the deadline?", ["ask_last_day_to_apply"] * 2),  # answered once, by the action
        ("hello! what is the fee?", ["ask_tuition_fee"]),
        ("fee, deadline", ["ask_tuition_fee", "ask_last_day_to_apply"]),
        ("fee, fee", ["ask_tuition_fee"]),
        ("My fee, my deadline. What is the fee?", ["ask_tuition_fee"]),
        ("hello!", ["greet"]),
        ("how is the weather?", ["out_of_scope_general"]),
        ("zzz", ["nlu_fallback"]),
        ("hello. what is the fee, and kindly the deadline", ["ask_tuition_fee", "ask_last_day_to_apply"]),
        ("thing or other weather weather fee?", ["out_of_scope_general"]),
        ("fee elsewhere?", ["out_of_scope_other_university"]),
        ("the university elsewhere fee?", ["ask_tuition_fee"]),
        ("the fee of another university?", ["out_of_scope_other_university"]),
        ("I come from another university, what is the fee fee fee?", ["ask_tuition_fee"]),
        ("", ["nlu_fallback"]),
        ("😀", ["nlu_fallback"]),
        ("дедлайн?", ["nlu_fallback"]),
    ],
)
def test_a_message_is_read(message: str, expected: list[str]) -> None:
    assert intents(message) == expected


def test_background_that_looks_out_of_scope_is_not_answered_beside_a_question() -> None:
    message = "I like the weather a lot but another fee. What is the deadline?"
    assert intents(message) == ["ask_last_day_to_apply"]


def test_a_payload_of_ours_is_its_topic() -> None:
    assert intents("topic:fees.tuition") == ["ask_tuition_fee"]


def test_a_forged_payload_is_text() -> None:
    assert intents("topic:nonsense") == ["nlu_fallback"]


def test_a_follow_up_is_read_with_the_topic_before_it() -> None:
    assert intents("and how much is it?") == ["nlu_fallback"]
    assert intents("and how much is it?", "fees.tuition") == ["ask_tuition_fee"]


def test_small_talk_within_a_conversation_stays_small_talk() -> None:
    assert intents("hello!", "fees.tuition") == ["greet"]


def test_each_part_of_a_message_is_scored_once() -> None:
    asked: list[Utterance] = []

    def counting(utterances: list[Utterance]) -> Scores:
        asked.extend(utterances)
        return score(utterances)

    understanding = Understanding(INTENTS, counting, lambda topic, vector: (), Thresholds())
    message = "I am Austrian. And is there a fee? And when is the deadline?"
    understanding.read(message, tokenise(message), tokenise(message), "fees.tuition")
    assert len(asked) == len(set(asked)) > 3


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("I look at another university. What is the fee there?", ["out_of_scope_other_university"]),
        ("I look at another university. What is the fee here?", ["ask_tuition_fee"]),
        ("I come from another university. Is there a fee?", ["ask_tuition_fee"]),
    ],
)
def test_there_means_the_university_that_was_named_before(message: str, expected: list[str]) -> None:
    assert intents(message) == expected


def test_what_is_rejected_is_not_answered() -> None:
    assert intents("Not the fee, the deadline!") == ["ask_last_day_to_apply"]


def test_beside_a_likely_question_stands_the_next_likely_one() -> None:
    tokens = tokenise("the fee fee of the deadline")
    understanding = Understanding(INTENTS, score, lambda topic, vector: ((topic, 1.0),), Thresholds())
    (reading,) = understanding.read("the fee fee of the deadline", tokens, tokens)
    assert reading.otherwise is not None
    assert (reading.intent, reading.otherwise.intent) == ("ask_tuition_fee", "ask_last_day_to_apply")
    assert reading.otherwise.statements == (("deadlines.last_day", 1.0),)


def test_a_refusal_gives_its_reason_only_if_that_is_likelier_than_all_others() -> None:
    names = ["ask_tuition_fee", "out_of_scope_general", "out_of_scope_task", "out_of_scope_own_case"]
    judge = Judge(names, lambda topic, vector: (), Thresholds())
    assert judge.likeliest(np.array([0.1, 0.1, 0.6, 0.2], dtype=np.float32))[0] == "out_of_scope_task"
    assert judge.likeliest(np.array([0.1, 0.15, 0.4, 0.35], dtype=np.float32))[0] == "out_of_scope_general"
