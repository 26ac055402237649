"""Topics that are answered by statements of the knowledge file, and gaps in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.knowledge.model import Call, Fact, Gap
from programme_chatbot.knowledge.topics import ABSENT, GENERAL

Statement = Fact | Gap | Call
MAX_FACTS = 3
MAX_FOCUSED_FACTS = 2
# Shares of probability (docs/decisions/0008-follow-ups.md): when one statement is enough, what a second one must have,
# and what a statement must have beside the short answer or the short answer beside a statement.
_ENOUGH, _SECOND, _BESIDE = 0.6, 0.15, 0.25
_IS_ABSENT = 0.5  # share of probability from which a question asks for what no statement tells
_PAGES = 2  # where to look for what no statement tells
_KEYWORD = 4.5  # what a word of a keyword multiplies a statement's probability by
_SAID = 0.5  # what it multiplies that of a statement by that has been given already
_LEAST_PROBABILITY = 1e-3
# Without a model, one matching keyword tells more than none.
_WITHOUT_MODEL = 4.0


def answer_from_statements(draft: Draft) -> Answer:
    """Answers with the statements of the topic.

    A question that asks for certain statements gets those; one that asks for what is not known is told so. Any other
    gets the topic's short answer.
    """
    unanswerable = admit_unknown_detail(draft)
    if unanswerable:
        return unanswerable
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


def admit_unknown_detail(draft: Draft) -> Answer | None:
    """Says so if a question asks for a detail of its topic that no statement tells; nothing if it does not."""
    ranking = _ranked(draft)
    if ranking.absent < max(_IS_ABSENT, ranking.general, *(share for _, share in ranking.statements), 0.0):
        return None
    facts = draft.lookup.facts(draft.question.topic)
    draft.say("unknown.detail")
    draft.look_at(*list(dict.fromkeys(fact.source for fact in facts))[:_PAGES])
    draft.look_at(*(() if facts else (draft.lookup.knowledge.programme.page,)))
    return draft.answer("unknown")


def admit_gap(draft: Draft) -> Answer | None:
    """Says so if a question asks for a known gap of its topic; nothing if it does not."""
    gaps = [item for item in asked_for(draft)[:1] if isinstance(item, Gap)]
    for gap in gaps:
        draft.admit(gap)
    return draft.answer("unknown") if gaps else None


def asked_for(draft: Draft) -> list[Statement]:
    """Returns the statements of its topic that a question asks for, at most two; none if it asks in general."""
    ranking = _ranked(draft)
    if not ranking.statements or ranking.statements[0][1] <= ranking.general:
        return []
    enough = 1 if ranking.statements[0][1] >= _ENOUGH else MAX_FOCUSED_FACTS
    return [entry for entry, share in ranking.statements[:enough] if share >= _SECOND]


def facts_to_give(draft: Draft) -> list[Fact]:
    """Returns the facts that answer a question: those that it asks for, or the topic's short answer.

    Between a statement and the topic as a whole, the statement and the short answer.
    """
    ranking = _ranked(draft)
    short = short_facts(draft)[:MAX_FACTS]
    fact, share = ranking.statements[0] if ranking.statements else (None, 0.0)
    if not isinstance(fact, Fact) or share < _BESIDE:
        return short
    if share > ranking.general and ranking.general < _BESIDE:
        return facts_asked_for(draft)
    return [fact, *(item for item in short if item != fact)][:MAX_FACTS]


def facts_asked_for(draft: Draft) -> list[Fact]:
    """Returns the statements of the question's topic that it asks for, at most two, gaps and calls left out."""
    return [item for item in asked_for(draft) if isinstance(item, Fact)]


@dataclass(frozen=True)
class _Ranking:
    """What a question on a topic may ask for, with shares of probability that sum up to 1.

    Args:
        statements: the statements of the topic, likeliest first.
        general: share of the topic as a whole.
        absent: share of what no statement tells.
    """

    statements: list[tuple[Statement, float]]
    general: float
    absent: float


def _ranked(draft: Draft) -> _Ranking:
    """Returns what a question asks for: what the model says counts together with the keywords in the question."""
    topic, words = draft.question.topic, draft.question.words
    entries: list[Statement] = [
        *draft.lookup.facts(topic),
        *(gap for gap in draft.lookup.gaps(topic) if not gap.always),
        *draft.lookup.calls(topic),
    ]
    shares = dict(draft.question.statements)
    if not shares.keys() & {GENERAL, ABSENT, *(entry.id for entry in entries)}:
        shares = {entry.id: 1.0 for entry in entries} | {GENERAL: _WITHOUT_MODEL}
    said = draft.question.context.said if draft.question.context.topic == topic else ()
    weights = [
        max(shares.get(entry.id, 0.0), _LEAST_PROBABILITY)
        * _KEYWORD ** strength(entry.keywords, words)
        * (_SAID if entry.id in said else 1.0)
        for entry in entries
    ]
    always = [gap.id for gap in draft.lookup.gaps(topic) if gap.always]  # answers the topic as a whole
    general, absent = sum(shares.get(name, 0.0) for name in (GENERAL, *always)), shares.get(ABSENT, 0.0)
    total = general + absent + sum(weights) or 1.0
    ranked = sorted(zip(entries, weights, strict=True), key=lambda item: -item[1])
    return _Ranking([(entry, weight / total) for entry, weight in ranked], general / total, absent / total)


def short_facts(draft: Draft) -> list[Fact]:
    """Returns the statements of the short answer of the question's topic."""
    return list(draft.lookup.short_facts(draft.question.topic))


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
