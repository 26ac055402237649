"""The cases of the evaluation are not in the training data, in these or nearly these words."""

from __future__ import annotations

import re

import numpy as np

from programme_chatbot.evaluation.cases import load_cases
from programme_chatbot.evaluation.review import read_examples
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.settings import PROJECT_FOLDER

MOST_ALIKE = 0.95
# Within a conversation, "thanks" and "when?" are what they are; what counts there is what they follow.
FEW_WORDS = 6


def training_examples() -> list[str]:
    files = ("nlu.yml", "in_other_words.yml", "follow_ups.yml")
    return [text for text, _ in read_examples(*(PROJECT_FOLDER / "data" / name for name in files))]


def messages_of_cases() -> list[tuple[str, str]]:
    return [
        (case.place, turn.say)
        for case in load_cases([PROJECT_FOLDER / "tests" / "evaluation"])
        for turn in case.turns
        if turn.say and (len(case.turns) == 1 or len(turn.say.split()) > FEW_WORDS)
    ]


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower())) or text


def test_no_case_repeats_or_nearly_repeats_a_training_example() -> None:
    known, cases = training_examples(), messages_of_cases()
    words = {plain(text): text for text in known}
    repeated = [f"{place}: {text!r} is {words[plain(text)]!r}" for place, text in cases if plain(text) in words]
    encoder = SentenceEncoder(threads=2)
    likeness = encoder.encode([text.lower() for _, text in cases]) @ encoder.encode([text.lower() for text in known]).T
    nearest = likeness.argmax(axis=1)
    repeated += [
        f"{place}: {text!r} is nearly {known[index]!r} ({row[index]:.3f})"
        for (place, text), index, row in zip(cases, nearest, likeness, strict=True)
        if row[index] > MOST_ALIKE and plain(text) not in words
    ]
    assert not np.isnan(likeness).any()
    assert not repeated, "\n".join(repeated)
