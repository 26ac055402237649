"""Topics that are answered by statements of the knowledge file, and gaps in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.knowledge.model import Call, Fact, Gap

MAX_FACTS = 3
MAX_FOCUSED_FACTS = 2
# Cosines between a question and the ways of asking for a statement; see docs/decisions/0008-follow-ups.md.
_NEAR, _AS_NEAR, _CLEARLY_NEAR, _ASKED_FOR, _NEARER = 0.4, 0.03, 0.6, 0.75, 0.05


def answer_from_statements(draft: Draft) -> Answer:
    """Answers with the statements of the topic.

    A question that uses keywords of some statements gets those; one that uses a gap's keyword is told what is not
    known. Any other gets the topic's short answer, or the statement that it is nearest to if it goes on with the topic.
    """
    topic, words = draft.question.topic, draft.question.words
    gaps = best_matches((gap for gap in draft.lookup.gaps(topic) if not gap.always), words)
    calls = best_matches(draft.lookup.calls(topic), words)
    facts = best_matches(draft.lookup.facts(topic), words)
    if gaps and facts and strength(facts[0].keywords, words) > strength(gaps[0].keywords, words):
        gaps = []
    always = [gap for gap in draft.lookup.gaps(topic) if gap.always]
    unknown = gaps[:1] or (always if not facts and not calls else [])
    for gap in unknown:
        draft.admit(gap)
    for call in calls[:MAX_FOCUSED_FACTS]:
        tell_call(draft, call)
    focused = facts[:MAX_FOCUSED_FACTS] if not calls else []
    if not focused and not calls and not gaps:
        focused = nearest_facts(draft) or _with_nearest(draft, short_facts(draft)[:MAX_FACTS])
    draft.state(*focused)
    return draft.answer("unknown" if unknown else "answered")


def _with_nearest(draft: Draft, short: list[Fact]) -> list[Fact]:
    """Returns a short answer with the detail that the question is near to; in front if that is what it asks for."""
    near = dict(draft.question.statements)
    nearest_of_short = max((near.get(fact.id, 0.0) for fact in short), default=0.0)
    for name, cosine in draft.question.statements[:1]:
        detail = draft.lookup.by_id.get(name)
        if isinstance(detail, Fact) and cosine >= max(_CLEARLY_NEAR, nearest_of_short + _NEARER):
            return [detail, *short] if cosine >= _ASKED_FOR else [*short, detail]
    return short


def short_facts(draft: Draft) -> list[Fact]:
    """Returns the statements of the short answer of the question's topic."""
    return [fact for fact in draft.lookup.facts(draft.question.topic) if not fact.detail]


def nearest_facts(draft: Draft) -> list[Fact]:
    """Returns the statements that a question is nearest to, at most two, if it goes on with its topic.

    Such a question asks for a detail; one that begins a topic without any keyword asks in general.
    """
    question = draft.question
    if question.context.topic != question.topic or not question.statements:
        return []
    names = [name for name, cosine in question.statements if cosine >= max(_NEAR, question.statements[0][1] - _AS_NEAR)]
    found = [draft.lookup.by_id.get(name) for name in names[:MAX_FOCUSED_FACTS]]
    return [item for item in found if isinstance(item, Fact)]


def facts_asked_for(draft: Draft) -> list[Fact]:
    """Returns the statements of the question's topic that its words ask for, at most two."""
    return best_matches(draft.lookup.facts(draft.question.topic), draft.question.words)[:MAX_FOCUSED_FACTS]


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
