"""Tunes the thresholds of config.yml by cross-validation on the training data; run by `make tune`.

A message counts 1 if all of its questions are found and nothing else, 0.3 if the bot asks back and offers what was
meant, 0 if it asks back without it, 0.25 if of two questions only one is found, and -0.1 if something wrong is
answered. A wrong answer is worse than that to a user; but the examples were written to differ from one another, so that
a model which has not seen them errs on several times as many of them as on real messages. Messages are the training
examples that a model has not seen, alone and as follow-ups, and those of benchmarks/several_questions.yml.

Prints a curve for each threshold and writes the values into config.yml. A value is changed only if another one is
better by more than one standard error: the curves are flat near their tops, and values should not jump with the data.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rasa.shared.nlu.training_data.loading import load_data
from sklearn.model_selection import StratifiedKFold

from programme_chatbot.knowledge.topics import BY_ID, BY_INTENT, OUT_OF_SCOPE_AREA, UNCLEAR
from programme_chatbot.nlu.follow_up import Utterance
from programme_chatbot.nlu.intent_classifier import example_of
from programme_chatbot.nlu.intent_model import Settings
from programme_chatbot.nlu.judgement import Thresholds
from programme_chatbot.nlu.message_model import MessageModel
from programme_chatbot.nlu.normaliser import Normaliser
from programme_chatbot.nlu.scoring import RememberingScorer, Scorer, Scores
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.nlu.text_normaliser import build_normaliser, questions_of
from programme_chatbot.nlu.understanding import Understanding
from programme_chatbot.settings import PROJECT_FOLDER, load_knowledge_or_exit
from programme_chatbot.typed_text import clean

CONFIG = PROJECT_FOLDER / "config.yml"
SEVERAL = PROJECT_FOLDER / "benchmarks" / "several_questions.yml"
FOLDS = 3
SEED = 20260115
MESSAGES = 1000  # of a fold; more move no curve by as much as its standard error
GRIDS: dict[str, tuple[float, ...]] = {
    "outside": (0.2, 0.25, 0.3, 0.35, 0.4, 0.5),
    "clear": (0.08, 0.12, 0.16, 0.2, 0.24, 0.28),
    "margin": (0.0, 0.02, 0.04, 0.07),
    "unsure": (0.4, 0.5, 0.6, 0.7, 0.8),
    "sure": (0.6, 0.7, 0.8, 0.9),
    "part": (0.3, 0.35, 0.4, 0.5, 0.6),
    "question": (0.15, 0.2, 0.25, 0.3, 0.4),
    "part_outside": (0.6, 0.7, 0.8, 0.9),
    "question_outside": (0.35, 0.45, 0.55, 0.65, 0.8),
}


@dataclass(frozen=True)
class Case:
    """A message, the intents of its questions, the topic that it follows (empty: none), and where it comes from."""

    text: str
    intents: tuple[str, ...]
    after: str = ""
    is_several: bool = False


@dataclass(frozen=True)
class Fold:
    """What one model has not seen, and an understanding that rests on that model."""

    cases: list[Case]
    understanding: Callable[[Thresholds], Understanding]


def main() -> None:
    """Tunes, prints the curves and writes config.yml."""
    normaliser, folds = _folds()
    thresholds = _current()
    for name, grid in GRIDS.items():
        now = getattr(thresholds, name)
        curve = {value: _values(folds, normaliser, replace(thresholds, **{name: value})) for value in {*grid, now}}
        best = max(curve, key=lambda value: curve[value].mean())
        error = curve[best].std() / len(curve[best]) ** 0.5
        chosen = best if curve[best].mean() > curve[now].mean() + error else now
        thresholds = replace(thresholds, **{name: chosen})
        points = "  ".join(f"{value:g}: {curve[value].mean():.4f}" for value in sorted(curve))
        print(f"{name:<17} {points}  (standard error {error:.4f}) -> {chosen:g}", flush=True)
    for name in ("alone", "several", "follow-up"):
        print(f"{name:<10} {_values(folds, normaliser, thresholds, kind=name).mean():.4f}")
    _write(thresholds)


def _folds() -> tuple[Normaliser, list[Fold]]:
    data = load_data(str(PROJECT_FOLDER / "data" / "nlu.yml"))
    for name in ("in_other_words.yml", "follow_ups.yml"):
        data = data.merge(load_data(str(PROJECT_FOLDER / "data" / name)))
    knowledge = load_knowledge_or_exit()
    normaliser, _ = build_normaliser(data, knowledge)
    messages = [*data.intent_examples, *questions_of(knowledge)]
    texts = [clean(message.get("text")) for message in messages]
    examples = [
        example_of(message, normaliser.masked(normaliser.tokens(text)))
        for message, text in zip(messages, texts, strict=True)
    ]
    cases = [Case(text, (example.intent,), example.after) for text, example in zip(texts, examples, strict=True)]
    chance = random.Random(SEED)
    encoder = SentenceEncoder(threads=2)
    folds = []
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    intents = [example.intent for example in examples]
    all_several = _several()
    for fold, (known, unknown) in enumerate(split.split(examples, intents)):
        several = all_several[fold::FOLDS]
        everything = "\n".join(case.text.lower() for case in several)
        learnt = [examples[index] for index in known if texts[index].lower() not in everything]
        model = MessageModel.train(encoder, learnt, knowledge, Settings())
        score = RememberingScorer(Scorer(model.likeness, model.intents))

        def understanding(
            thresholds: Thresholds, model: MessageModel = model, score: Callable[[list[Utterance]], Scores] = score
        ) -> Understanding:
            return Understanding(model.intents.intents, score, model.statements.ranking, thresholds)

        unseen = chance.sample([cases[index] for index in unknown], min(MESSAGES, len(unknown)))
        folds.append(Fold([*unseen, *several], understanding))
        print(f"fold {len(folds)} of {FOLDS}: {len(folds[-1].cases)} messages", flush=True)
    return normaliser, folds


def _several() -> list[Case]:
    """Returns the messages that may hold several questions."""
    return [
        Case(item["text"].replace(" / ", "\n"), tuple(BY_ID[topic].intent for topic in item["topics"]), is_several=True)
        for item in yaml.safe_load(SEVERAL.read_text(encoding="utf-8"))
    ]


def _values(folds: list[Fold], normaliser: Normaliser, thresholds: Thresholds, kind: str = "") -> np.ndarray:
    values = []
    for fold in folds:
        understanding = fold.understanding(thresholds)
        for example in fold.cases:
            own = "several" if example.is_several else "follow-up" if example.after else "alone"
            if not kind or own == kind:
                values.append(_value(example, understanding, normaliser))
    return np.array(values)


def _value(example: Case, understanding: Understanding, normaliser: Normaliser) -> float:
    tokens = normaliser.tokens(clean(example.text))
    readings = understanding.read(clean(example.text), tokens, normaliser.masked(tokens), example.after)
    wanted = {_kind(intent) for intent in example.intents}
    found = {_kind(reading.intent) for reading in readings}
    if found == wanted:
        return 1.0
    if found == {UNCLEAR.intent}:
        offered = {_kind(name) for name, _ in readings[0].alternatives if BY_INTENT[name].is_question}
        return 0.3 if wanted & offered else 0.0
    return 0.25 if found < wanted else -0.1


def _kind(intent: str) -> str:
    topic = BY_INTENT.get(intent)
    return OUT_OF_SCOPE_AREA if topic and topic.area == OUT_OF_SCOPE_AREA else intent


def _current() -> Thresholds:
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"][-1]
    return replace(Thresholds(), **{name: config[name] for name in GRIDS if name in config})


def _write(thresholds: Thresholds) -> None:
    text = CONFIG.read_text(encoding="utf-8")
    for name in GRIDS:
        text = re.sub(rf"(?m)^  {name}: .*$", f"  {name}: {getattr(thresholds, name):g}", text)
    CONFIG.write_text(text, encoding="utf-8")
    print(f"Wrote {CONFIG}.")


if __name__ == "__main__":
    main()
