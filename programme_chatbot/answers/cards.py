"""Cards: what a page may show beside the text of an answer, which is complete without, where looking beats reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from programme_chatbot.answers.draft import Draft
from programme_chatbot.knowledge.checks import MILESTONE_ORDER
from programme_chatbot.knowledge.model import Course, Round

Card = dict[str, Any]  # JSON-ready; its shapes: docs/embedding.md


def timeline(draft: Draft, asked: Round) -> Card:
    """Returns the dates of a round, each with whether it has passed, is today, comes next or later, and days left."""
    names: dict[str, str] = {item.id: str(item.name) for item in draft.lookup.knowledge.milestones}
    items: list[Card] = []
    for milestone in MILESTONE_ORDER:
        date = asked.dates[milestone]
        days = (date - draft.today).days
        is_next = days > 0 and not any(item["state"] == "next" for item in items)
        state = "passed" if days < 0 else "today" if days == 0 else "next" if is_next else "ahead"
        left = days if days > 0 else None
        items.append(
            {
                "date": date.isoformat(),
                "label": draft.wording.sentence(names[milestone]),
                "state": state,
                "days_left": left,
            }
        )
    return {"type": "timeline", "title": draft.wording.say("card.timeline", intake=asked.intake), "items": items}


def course_list(draft: Draft, courses: Sequence[Course]) -> Card:
    """Returns courses by their group."""
    groups: dict[str, list[Card]] = {}
    for course in courses:
        group = draft.lookup.by_id[course.group].name if course.group else draft.wording.say("card.courses.other")
        credits = draft.wording.number(course.credits) if course.credits is not None else ""
        groups.setdefault(draft.wording.sentence(str(group)), []).append(
            {"code": course.id, "name": str(course.name), "credits": credits}
        )
    listed = [{"name": name, "courses": members} for name, members in groups.items()]
    return {"type": "courses", "title": draft.wording.say("card.courses"), "groups": listed}


def names(title: str, items: Sequence[str]) -> Card:
    """Returns a list of names, such as companies."""
    return {"type": "list", "title": title, "items": list(items)}
