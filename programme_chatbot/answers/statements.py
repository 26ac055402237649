"""Topics that are answered by statements of the knowledge file, and gaps in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.knowledge.model import Call, Fact, Gap
from programme_chatbot.knowledge.topics import GENERAL

Statement = Fact | Gap | Call
MAX_FACTS = 3
MAX_FOCUSED_FACTS = 2
# Shares of probability (docs/decisions/0008-follow-ups.md): when one statement is enough, what a second one must have,
# and what a statement must have beside the short answer or the short answer beside a statement.
_ENOUGH, _SECOND, _BESIDE = 0.6, 0.15, 0.25
_KEYWORD = 4.5  # what a word of a keyword multiplies a statement's probability by
_LEAST_PROBABILITY = 1e-3
# Without a model, one matching keyword tells more than none.
_WITHOUT_MODEL = 4.0


def answer_from_statements(draft: Draft) -> Answer:
    """Answers with the statements of the topic.

    A question that asks for certain statements gets those; one that asks for what is not known is told so. Any other
    gets the topic's short answer.
    """
    topic, words = draft.question.topic, draft.question.words
    items = asked_for(draft)
    gaps: list[Gap] = [item for item in items[:1] if isinstance(item, Gap)]
    calls: list[Call] = [item for item in items[:1] if isinstance(item, Call)]
    if calls or gaps:  # past calls, and that the coming one is not known, belong together
        calls = best_matches(draft.lookup.calls(topic), words)[:MAX_FOCUSED_FACTS] or calls
        gaps = gaps or best_matches((gap for gap in draft.lookup.gaps(topic) if not gap.always), words)[:1]
    always = [gap for gap in draft.lookup.gaps(topic) if gap.always]
    unknown = gaps or (always[:1] if not items else [])
    for gap in unknown:
        draft.admit(gap)
    for call in calls:
        tell_call(draft, call)
    if not calls and not gaps:
        draft.state(*facts_to_give(draft))
    return draft.answer("unknown" if unknown else "answered")


def asked_for(draft: Draft) -> list[Statement]:
    """Returns the statements of its topic that a question asks for, at most two; none if it asks in general."""
    ranked, general = _ranked(draft)
    if not ranked or ranked[0][1] <= general:
        return []
    enough = 1 if ranked[0][1] >= _ENOUGH else MAX_FOCUSED_FACTS
    return [entry for entry, share in ranked[:enough] if share >= _SECOND]


def facts_to_give(draft: Draft) -> list[Fact]:
    """Returns the facts that answer a question: those that it asks for, or the topic's short answer.

    Between a statement and the topic as a whole, the statement and the short answer.
    """
    ranked, general = _ranked(draft)
    short = short_facts(draft)[:MAX_FACTS]
    fact, share = ranked[0] if ranked else (None, 0.0)
    if not isinstance(fact, Fact):
        return short
    if share > general:
        if general < _BESIDE:
            return facts_asked_for(draft)
        return short if fact in short else [fact, *short][:MAX_FACTS]
    return short if fact in short or share < _BESIDE else [*short, fact]


def facts_asked_for(draft: Draft) -> list[Fact]:
    """Returns the statements of the question's topic that it asks for, at most two, gaps and calls left out."""
    return [item for item in asked_for(draft) if isinstance(item, Fact)]


def _ranked(draft: Draft) -> tuple[list[tuple[Statement, float]], float]:
    """Returns the statements of the topic, likeliest first, with their shares of probability; and that of the topic.

    What the model says counts together with the keywords in the question.
    """
    topic, words = draft.question.topic, draft.question.words
    entries: list[Statement] = [
        *draft.lookup.facts(topic),
        *(gap for gap in draft.lookup.gaps(topic) if not gap.always),
        *draft.lookup.calls(topic),
    ]
    shares = dict(draft.question.statements)
    if not shares.keys() & {GENERAL, *(entry.id for entry in entries)}:
        shares = {entry.id: 1.0 for entry in entries} | {GENERAL: _WITHOUT_MODEL}
    weights = [
        max(shares.get(entry.id, 0.0), _LEAST_PROBABILITY) * _KEYWORD ** strength(entry.keywords, words)
        for entry in entries
    ]
    general = shares.get(GENERAL, 0.0)
    total = general + sum(weights) or 1.0
    ranked = sorted(zip(entries, weights, strict=True), key=lambda item: -item[1])
    return [(entry, weight / total) for entry, weight in ranked], general / total


def short_facts(draft: Draft) -> list[Fact]:
    """Returns the statements of the short answer of the question's topic."""
    return [fact for fact in draft.lookup.facts(draft.question.topic) if not fact.detail]


def tell_call(draft: Draft, call: Call) -> None:
    """Tells a past call as history, with the intake that it was for."""
    draft.say(
        "call",
        name=call.name,
        intake=call.intake,
        start=draft.wording.date(call.start),
        end=draft.wording.date(call.end),
    )
    if call.note:
        draft.add(call.note)
    draft.use(call)


def best_matches(items: Iterable[Fact | Call | Gap], words: str) -> list[Any]:
    """Returns the items that a keyword in `words` points to: those with the most matching words, in order."""
    scored = [(strength(item.keywords, words), item) for item in items]
    best = max((score for score, _ in scored), default=0)
    return [item for score, item in scored if score and score == best]


def strength(keywords: Iterable[str], words: str) -> int:
    """Returns how many words of `words` the keywords cover; a year counts as three, as it narrows most."""
    return sum(3 if keyword.isdigit() else len(keyword.split()) for keyword in match(keywords, words))


def match(keywords: Iterable[str], words: str) -> list[str]:
    """Returns the keywords that occur in `words` as whole words."""
    return [keyword for keyword in keywords if _pattern(keyword).search(words)]


@functools.lru_cache(maxsize=10_000)
def _pattern(keyword: str) -> re.Pattern[str]:
    """Returns a pattern that finds a keyword in normalised words, where signs stand apart ("r & d")."""
    pieces = re.findall(r"[^\W_]+|[^\w\s]", keyword.lower())
    return re.compile(r"(?<!\w)" + r"\s*".join(map(re.escape, pieces)) + r"(?!\w)")
