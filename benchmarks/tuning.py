"""Tunes the thresholds of config.yml by cross-validation on the training data; run by `make tune`.

A message counts 1 if all of its questions are found and nothing else, 0.4 if the bot asks back and offers what was
meant, 0 if it asks back without it, 0.25 if of two questions only one is found, and -0.25 if something wrong is
answered. A wrong answer is worse than that to a user; but the examples were written to differ from one another, so that
a model which has not seen them errs on three times as many of them as on real messages. Messages are the training
examples that a model has not seen, pairs of them joined as people join questions, and the follow-ups.

Prints a curve for each threshold and writes the best values into config.yml.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rasa.shared.nlu.training_data.loading import load_data
from sklearn.model_selection import StratifiedKFold

from programme_chatbot.knowledge.topics import BY_ID, BY_INTENT, OUT_OF_SCOPE_AREA, UNCLEAR
from programme_chatbot.nlu.intent_model import IntentModel, Settings
from programme_chatbot.nlu.normaliser import Normaliser, clean
from programme_chatbot.nlu.scoring import Scorer, Scores
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.nlu.stay_model import StayModel
from programme_chatbot.nlu.text_normaliser import build_normaliser
from programme_chatbot.nlu.understanding import Thresholds, Understanding
from programme_chatbot.settings import PROJECT_FOLDER, load_knowledge_or_exit

CONFIG = PROJECT_FOLDER / "config.yml"
FOLDS = 3
SEED = 20260115
PAIRS = 400
PASSES = 1
GRIDS: dict[str, tuple[float, ...]] = {
    "outside": (0.8, 1.0, 1.2, 1.5, 2.0, 2.5),
    "clear": (0.08, 0.12, 0.16, 0.2, 0.24, 0.28),
    "margin": (0.0, 0.02, 0.04, 0.07),
    "stay": (0.0, 0.4, 0.6, 0.8, 1.0),
    "unsure": (0.4, 0.5, 0.6, 0.7, 0.8),
    "part": (0.3, 0.35, 0.4, 0.5, 0.6),
    "question": (0.15, 0.2, 0.25, 0.3, 0.4),
    "part_outside": (0.6, 0.7, 0.8, 0.9),
    "question_outside": (0.35, 0.45, 0.55, 0.65, 0.8),
}
_JOINS = ("{} {}", "{}, {}", "{} and {}", "{} Also, {}", "{}\n{}", "Hi! {} And {} Thanks")


@dataclass(frozen=True)
class Example:
    """A message, the intents of its questions, and the topic that it follows (empty: none)."""

    text: str
    intents: tuple[str, ...]
    after: str = ""


@dataclass(frozen=True)
class Fold:
    """What one model has not seen, and an understanding that rests on that model."""

    examples: list[Example]
    understanding: Callable[[Thresholds], Understanding]


def main() -> None:
    """Tunes, prints the curves and writes config.yml."""
    normaliser, folds = _folds()
    thresholds = _current()
    for turn in range(PASSES):
        for name, grid in GRIDS.items():
            curve = {value: _utility(folds, normaliser, replace(thresholds, **{name: value})) for value in grid}
            best = max(curve, key=lambda value: curve[value])
            if curve[best] > curve.get(getattr(thresholds, name), -1.0):
                thresholds = replace(thresholds, **{name: best})
            points = "  ".join(f"{value:g}: {utility:.4f}" for value, utility in curve.items())
            print(f"pass {turn + 1}  {name:<17} {points}  -> {getattr(thresholds, name):g}", flush=True)
    for name in ("alone", "pair", "follow-up"):
        print(f"{name:<10} {_utility(folds, normaliser, thresholds, kind=name):.4f}")
    _write(thresholds)


def _folds() -> tuple[Normaliser, list[Fold]]:
    data = load_data(str(PROJECT_FOLDER / "data" / "nlu.yml"))
    data = data.merge(load_data(str(PROJECT_FOLDER / "data" / "follow_ups.yml")))
    knowledge = load_knowledge_or_exit()
    normaliser, _ = build_normaliser(data, knowledge)
    alone, follow_ups = [], []
    for message in data.intent_examples:
        after = ((message.get("metadata") or {}).get("example") or {}).get("after", "")
        (follow_ups if after else alone).append(Example(message.get("text"), (message.get("intent"),), after))
    chance = random.Random(SEED)
    encoder = SentenceEncoder(threads=2)
    folds = []
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    parts = list(split.split(alone, [example.intents[0] for example in alone]))
    chance.shuffle(follow_ups)
    for number, (known, unknown) in enumerate(parts):
        texts = [normaliser.normalise(clean(alone[index].text)) for index in known]
        model = IntentModel.train(encoder, texts, [alone[index].intents[0] for index in known], Settings())
        scorer = Scorer(model, encoder, knowledge)
        unseen = [alone[index] for index in unknown]
        own = follow_ups[number::FOLDS]
        others = [example for example in follow_ups if example not in own]
        score = _remembering(scorer)
        stay = _stay_model(
            Understanding(scorer.intents, scorer.statements, score, StayModel.never(), Thresholds()), normaliser, others
        )

        def understanding(
            thresholds: Thresholds,
            scorer: Scorer = scorer,
            score: Callable[[list[str]], Scores] = score,
            stay: StayModel = stay,
        ) -> Understanding:
            return Understanding(scorer.intents, scorer.statements, score, stay, thresholds)

        folds.append(Fold([*unseen, *_pairs(unseen, chance), *own], understanding))
        print(f"fold {number + 1} of {FOLDS}: {len(folds[-1].examples)} messages", flush=True)
    return normaliser, folds


def _pairs(examples: list[Example], chance: random.Random) -> list[Example]:
    questions = [item for item in examples if BY_INTENT[item.intents[0]].is_question and len(item.text) < 120]
    pairs = []
    while len(pairs) < PAIRS:
        first, second = chance.sample(questions, 2)
        if first.intents != second.intents:
            text = chance.choice(_JOINS).format(first.text, second.text)
            pairs.append(Example(text, (*first.intents, *second.intents)))
    return pairs


def _stay_model(understanding: Understanding, normaliser: Normaliser, follow_ups: Iterable[Example]) -> StayModel:
    rows, stays = [], []
    for example in follow_ups:
        masked = normaliser.masked(normaliser.tokens(clean(example.text)))
        row = understanding.stay_features(masked, example.after)
        if row is not None:
            rows.append(row)
            stays.append(BY_ID[example.after].intent == example.intents[0])
    return StayModel.train(rows, stays)


def _remembering(score: Callable[[list[str]], Scores]) -> Callable[[list[str]], Scores]:
    """Returns the same function with a memory, as every threshold asks for the same texts."""
    rows: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def remembered(texts: list[str]) -> Scores:
        new = [text for text in dict.fromkeys(texts) if text not in rows]
        if new:
            scores = score(new)
            rows.update({text: (scores.intents[i], scores.statements[i]) for i, text in enumerate(new)})
        return Scores(np.array([rows[text][0] for text in texts]), np.array([rows[text][1] for text in texts]))

    return remembered


def _utility(folds: list[Fold], normaliser: Normaliser, thresholds: Thresholds, kind: str = "") -> float:
    values = []
    for fold in folds:
        understanding = fold.understanding(thresholds)
        for example in fold.examples:
            own = "follow-up" if example.after else "pair" if len(example.intents) > 1 else "alone"
            if not kind or own == kind:
                values.append(_value(example, understanding, normaliser))
    return float(np.mean(values))


def _value(example: Example, understanding: Understanding, normaliser: Normaliser) -> float:
    tokens = normaliser.tokens(clean(example.text))
    readings = understanding.read(clean(example.text), tokens, normaliser.masked(tokens), example.after)
    wanted = {_kind(intent) for intent in example.intents}
    found = {_kind(reading.intent) for reading in readings}
    if found == wanted:
        return 1.0
    if found == {UNCLEAR.intent}:
        offered = {_kind(name) for name, _ in readings[0].alternatives if BY_INTENT[name].is_question}
        return 0.4 if wanted & offered else 0.0
    return 0.25 if found < wanted else -0.25


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
