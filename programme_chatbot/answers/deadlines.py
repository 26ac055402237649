"""Dates of the application: before, on and after each milestone, and what is known of other rounds."""

from __future__ import annotations

import re

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import facts_asked_for
from programme_chatbot.knowledge.checks import MILESTONE_ORDER
from programme_chatbot.knowledge.model import Round

_MILESTONE_OF_TOPIC = {
    "deadlines.opening": "application_opens",
    "deadlines.last_day": "last_day",
    "deadlines.documents": "documents_and_fee",
    "deadlines.results": "results",
}


def answer_milestone(draft: Draft) -> Answer:
    """Answers when one milestone is: its date, its intake, and whether it is ahead, today or over."""
    asked = _round_asked_about(draft)
    if asked is None:
        return answer_next_round(draft)
    milestone = _MILESTONE_OF_TOPIC[draft.question.topic]
    date = asked.dates[milestone]
    phase = "ahead" if draft.today < date else "today" if draft.today == date else "passed"
    values = {"intake": asked.intake, "date": draft.wording.date(date)}
    if phase == "ahead":
        values["left"] = draft.wording.days((date - draft.today).days)
    draft.say(f"{draft.question.topic}.{phase}", **values)
    draft.use(asked, f"{asked.id}.{milestone}")
    if milestone == "application_opens" and phase != "ahead":
        _say_until_when(draft, asked)
    if asked is draft.lookup.newest_round and draft.lookup.has_ended(asked, draft.today):
        if milestone in ("application_opens", "last_day"):
            _say_next_round_unknown(draft, milestone)
        elif phase == "passed":
            draft.say("deadlines.next_round.unknown_short")
    return draft.answer("answered")


def answer_all_dates(draft: Draft) -> Answer:
    """Answers with the timeline of a round, each date with whether it is ahead."""
    asked = _round_asked_about(draft)
    if asked is None:
        return answer_next_round(draft)
    lines = []
    names: dict[str, str] = {milestone.id: milestone.name for milestone in draft.lookup.knowledge.milestones}
    for milestone in MILESTONE_ORDER:
        date = asked.dates[milestone]
        days = (date - draft.today).days
        when = (
            draft.wording.say("deadlines.all.ahead", left=draft.wording.days(days))
            if days > 0
            else draft.wording.say("deadlines.all.today" if days == 0 else "deadlines.all.passed")
        )
        lines.append(
            draft.wording.say("deadlines.all.line", date=draft.wording.date(date), name=names[milestone], when=when)
        )
        draft.use(asked, f"{asked.id}.{milestone}")
    draft.say("deadlines.all", intake=asked.intake)
    draft.add(draft.wording.bullets(lines))
    if asked is draft.lookup.newest_round and draft.lookup.has_ended(asked, draft.today):
        draft.say("deadlines.next_round.unknown_short")
    return draft.answer("answered")


def answer_open_now(draft: Draft) -> Answer:
    """Answers whether one can apply today, yes or no first."""
    newest = draft.lookup.newest_round
    opens, last_day = newest.dates.application_opens, newest.dates.last_day
    if _asks_about_later_round(draft):
        return answer_next_round(draft)
    if draft.today < opens:
        phase, date = "not_yet", opens
    elif draft.today > last_day:
        phase, date = "closed", last_day
    else:
        phase, date = ("last_day" if draft.today == last_day else "open"), last_day
    values = {"intake": newest.intake, "date": draft.wording.date(date)}
    if phase in ("not_yet", "open"):
        values["left"] = draft.wording.days((date - draft.today).days)
    draft.say(f"deadlines.open_now.{phase}", **values)
    draft.use(newest, f"{newest.id}.{'application_opens' if phase == 'not_yet' else 'last_day'}")
    if phase == "closed":
        _say_next_round_unknown(draft, "last_day")
    return draft.answer("answered")


def answer_next_round(draft: Draft) -> Answer:
    """Says that the next round is not known, what the newest known one is, and the pattern of past ones as history."""
    newest = draft.lookup.newest_round
    for gap in draft.lookup.gaps("deadlines.next_round"):
        if gap.always:
            draft.admit(gap)
    phase = "passed" if draft.lookup.has_ended(newest, draft.today) else "running"
    draft.say(
        f"deadlines.next_round.newest_{phase}",
        intake=newest.intake,
        date=draft.wording.date(newest.dates.last_day),
    )
    draft.use(newest, f"{newest.id}.last_day")
    _say_pattern(draft, "application_opens", "last_day")
    next_round = "deadlines.next_round"
    if draft.question.topic == next_round:
        short = [fact for fact in draft.lookup.facts(next_round) if not fact.detail]
        draft.state(*(facts_asked_for(draft) or short))
    return draft.answer("unknown", topic="deadlines.next_round")


def _say_until_when(draft: Draft, asked: Round) -> None:
    last_day = asked.dates.last_day
    phase = "passed" if draft.lookup.has_ended(asked, draft.today) else "ahead"
    draft.say(f"deadlines.opening.until_{phase}", date=draft.wording.date(last_day))
    draft.use(asked, f"{asked.id}.last_day")


def _say_next_round_unknown(draft: Draft, milestone: str) -> None:
    draft.say("deadlines.next_round.unknown_short")
    _say_pattern(draft, milestone)
    for gap in draft.lookup.gaps("deadlines.next_round"):
        if gap.always:
            draft.look_at(*gap.look_at)


def _say_pattern(draft: Draft, *milestones: str) -> None:
    """Says on which days of the year milestones fell in all known rounds, if they were the same each time."""
    rounds = draft.lookup.rounds
    days = {name: {draft.wording.day_of_year(item.dates[name]) for item in rounds} for name in milestones}
    if len(rounds) < 2 or any(len(found) > 1 for found in days.values()):
        return
    intakes = draft.wording.listing([item.intake for item in reversed(rounds)])
    values = {name: found.pop() for name, found in days.items()}
    draft.say(f"deadlines.pattern.{'_and_'.join(milestones)}", intakes=intakes, **values)
    for item in rounds:
        for name in milestones:
            draft.use(item, f"{item.id}.{name}")


def _round_asked_about(draft: Draft) -> Round | None:
    """Returns the round that the question names by a year, else the newest; None for one later than all known."""
    for year in _years(draft):
        known = draft.lookup.round_of_year(year)
        if known:
            return known
    return None if _asks_about_later_round(draft) else draft.lookup.newest_round


def _asks_about_later_round(draft: Draft) -> bool:
    newest_year = max(_years_in(draft.lookup.newest_round.intake), default=0)
    return any(year > newest_year for year in _years(draft))


def _years(draft: Draft) -> list[int]:
    return _years_in(draft.question.words)


def _years_in(text: str) -> list[int]:
    return [int(year) for year in re.findall(r"\b20\d\d\b", text)]
