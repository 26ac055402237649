"""Dates of the application: before, on and after each milestone, and what is known of other rounds."""

from __future__ import annotations

from dataclasses import replace

from programme_chatbot.answers import cards
from programme_chatbot.answers.answer import Answer, Status
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import facts_to_give, match
from programme_chatbot.knowledge.checks import MILESTONE_ORDER, years_in
from programme_chatbot.knowledge.model import Gap, Round

NEXT_ROUND = "deadlines.next_round"
_MILESTONE_OF_TOPIC = {
    "deadlines.opening": "application_opens",
    "deadlines.last_day": "last_day",
    "deadlines.documents": "documents_and_fee",
    "deadlines.results": "results",
}
_WORDS_OF_TOPIC = {
    "deadlines.results": ("result", "results", "decision", "decisions", "hear", "answer", "notified"),
    "deadlines.documents": ("document", "documents", "papers", "fee"),
    "deadlines.opening": ("open", "opens", "opening", "begin", "begins"),
    "deadlines.last_day": ("last", "deadline", "close", "closes", "closing", "due", "until", "latest"),
}

_CAN_APPLY = ("first_day", "open", "last_day")
# What phase a question asks to confirm: "did I miss it?" is yes if it is closed.
_WORDS_OF_PHASE = {
    "closed": ("too late", "missed", "miss", "over", "closed", "passed", "expired"),
    "not_yet": ("too early", "too soon"),
}
_CAN = ("can", "could", "may", "still", "possible", "open")


def answer_milestone(draft: Draft) -> Answer:
    """Answers when one milestone is: its date, its intake, and whether it is ahead, today or over."""
    milestone = _MILESTONE_OF_TOPIC[draft.question.topic]
    if _asks_about_later_round(draft):
        return answer_next_round(draft)
    asked = _round_asked_about(draft, milestone)
    status = _admit_unknown_year(draft)
    date = asked.dates[milestone]
    phase = "ahead" if draft.today < date else "today" if draft.today == date else "passed"
    _tell(draft, f"{draft.question.topic}.{phase}", asked, milestone)
    if milestone == "application_opens" and phase != "ahead":
        _say_until_when(draft, asked)
    if phase == "passed":
        _say_what_that_means(draft, asked, milestone)
    return draft.answer(status)


def answer_all_dates(draft: Draft) -> Answer:
    """Answers with the timeline of a round, each date with whether it is ahead."""
    if _asks_about_later_round(draft):
        return answer_next_round(draft)
    asked = _round_asked_about(draft, "results")
    status = _admit_unknown_year(draft)
    draft.say("deadlines.all", intake=asked.intake)
    draft.add(draft.wording.bullets([_line(draft, asked, milestone) for milestone in MILESTONE_ORDER]))
    draft.show(cards.timeline(draft, asked))
    for milestone in MILESTONE_ORDER:
        draft.use(asked, f"{asked.id}.{milestone}")
    if draft.today > asked.dates.last_day and asked is draft.lookup.newest_round:
        _say_next_is_unknown(draft)
    return draft.answer(status)


def answer_open_now(draft: Draft) -> Answer:
    """Answers whether one can apply today, yes or no first."""
    if _asks_about_later_round(draft):
        return answer_next_round(draft)
    asked = _round_asked_about(draft, "last_day")
    status = _admit_unknown_year(draft)
    opens, last_day = asked.dates.application_opens, asked.dates.last_day
    if draft.today < opens:
        phase, milestone = "not_yet", "application_opens"
    else:
        phase = "open" if draft.today > opens else "first_day"
        if draft.today >= last_day:
            phase = "last_day" if draft.today == last_day else "closed"
        milestone = "last_day"
    meant = _phases_meant(draft.question.words)
    answer = draft.wording.say("answer.yes" if phase in meant else "answer.no")
    _tell(draft, f"deadlines.open_now.{phase}", asked, milestone, answer=answer)
    if phase == "closed":
        _say_what_that_means(draft, asked, "last_day")
    return draft.answer(status)


def answer_next_round(draft: Draft) -> Answer:
    """Answers when the next round is, if it is known; else says so and tells the pattern of past ones as history."""
    named = _round_named(draft)
    if named is draft.lookup.newest_round and draft.question.topic == NEXT_ROUND and draft.today <= named.dates.results:
        return _answer_named_round(draft)
    coming = [item for item in draft.lookup.rounds if item.dates.application_opens > draft.today]
    if coming and not _asks_about_later_round(draft):
        following = coming[-1]
        draft.say(
            "deadlines.next_round.known",
            intake=following.intake,
            opens=draft.wording.date(following.dates.application_opens),
            last_day=draft.wording.date(following.dates.last_day),
        )
        draft.use(following, f"{following.id}.application_opens")
        draft.use(following, f"{following.id}.last_day")
        return draft.answer("answered", topic=NEXT_ROUND)
    for gap in _gaps_of_next_round(draft):
        draft.admit(gap)
    newest = draft.lookup.newest_round
    phase = "passed" if draft.today > newest.dates.last_day else "running"
    date = draft.wording.date(newest.dates.last_day)
    draft.say(f"deadlines.next_round.newest_{phase}", intake=newest.intake, date=date)
    draft.use(newest, f"{newest.id}.last_day")
    _say_pattern(draft, "application_opens", "last_day")
    if draft.question.topic == NEXT_ROUND:
        draft.state(*facts_to_give(draft))
    return draft.answer("unknown", topic=NEXT_ROUND)


def _answer_named_round(draft: Draft) -> Answer:
    """Answers about the intake that the question names: the date that its words ask for, or all of them."""
    asked_for = (topic for topic, words in _WORDS_OF_TOPIC.items() if match(words, draft.question.words))
    topic = next(asked_for, "deadlines.all")
    draft.question = replace(draft.question, topic=topic)
    return answer_milestone(draft) if topic in _MILESTONE_OF_TOPIC else answer_all_dates(draft)


def _phases_meant(words: str) -> tuple[str, ...]:
    """Returns the phases in which the answer is yes: those in which one can apply, or another ("Am I too late?")."""
    if match(_CAN, words):
        return _CAN_APPLY
    return next(((phase,) for phase, names in _WORDS_OF_PHASE.items() if match(names, words)), _CAN_APPLY)


def _tell(draft: Draft, response: str, asked: Round, milestone: str, **values: str) -> None:
    """Says when a milestone of a round is, and how many days lie between it and today."""
    date = asked.dates[milestone]
    draft.say(
        response,
        intake=asked.intake,
        date=draft.wording.date(date),
        left=draft.wording.days(abs((date - draft.today).days)),
        **values,
    )
    draft.use(asked, f"{asked.id}.{milestone}")


def _line(draft: Draft, asked: Round, milestone: str) -> str:
    names: dict[str, str] = {item.id: item.name for item in draft.lookup.knowledge.milestones}
    date = asked.dates[milestone]
    days = (date - draft.today).days
    phase = "ahead" if days > 0 else "today" if days == 0 else "passed"
    when = draft.wording.say(f"deadlines.all.{phase}", left=draft.wording.days(abs(days)))
    return draft.wording.say("deadlines.all.line", date=draft.wording.date(date), name=names[milestone], when=when)


def _say_until_when(draft: Draft, asked: Round) -> None:
    last_day = asked.dates.last_day
    phase = "passed" if draft.today > last_day else "ahead"
    draft.say(f"deadlines.opening.until_{phase}", date=draft.wording.date(last_day))
    draft.use(asked, f"{asked.id}.last_day")


def _say_what_that_means(draft: Draft, asked: Round, milestone: str) -> None:
    """Says, after a milestone has passed, whether one can still apply, and what is known of the next round."""
    if draft.today <= asked.dates.last_day:
        return
    if milestone == "documents_and_fee" and draft.today <= asked.dates.results:
        draft.say("deadlines.documents.after")  # who asks may have applied
        return
    if milestone == "results":
        draft.state(*draft.lookup.short_facts("admission.results")[:1])
    else:
        draft.say("deadlines.over" if draft.today > asked.dates.results else "deadlines.closed")
    if asked is not draft.lookup.newest_round:
        return
    _say_next_is_unknown(draft)
    for gap in _gaps_of_next_round(draft):
        draft.look_at(*gap.look_at)
    if milestone in ("application_opens", "last_day"):
        _say_pattern(draft, milestone)


def _say_next_is_unknown(draft: Draft) -> None:
    """Says that the dates of the next round are unknown; a year after the newest one opened, that it may be open."""
    opened = draft.lookup.newest_round.dates.application_opens
    may_be_open = (draft.today.year, draft.today.month, draft.today.day) >= (opened.year + 1, opened.month, opened.day)
    draft.say("deadlines.next_round.may_be_open" if may_be_open else "deadlines.next_round.unknown_short")


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


def _gaps_of_next_round(draft: Draft) -> list[Gap]:
    return [gap for gap in draft.lookup.gaps(NEXT_ROUND) if gap.always]


def _round_asked_about(draft: Draft, milestone: str) -> Round:
    return _round_named(draft) or draft.lookup.upcoming_round(milestone, draft.today)


def _round_named(draft: Draft) -> Round | None:
    """Returns the round whose intake's year the question names last, if it is known."""
    named = [draft.lookup.round_of_year(year) for year in years_in(draft.question.words)]
    known = [item for item in named if item]
    return known[-1] if known else None


def _admit_unknown_year(draft: Draft) -> Status:
    """Says so if the question names a year of which no round is known; returns the status of the answer."""
    years = years_in(draft.question.words)
    # A date such as "15 January 2026" names the year of a milestone, not of an intake.
    dated = {item.dates[milestone].year for item in draft.lookup.rounds for milestone in MILESTONE_ORDER}
    if years and not _round_named(draft) and not dated & set(years):
        draft.say("deadlines.year_unknown", year=years[-1])
        return "unknown"
    return "answered"


def _asks_about_later_round(draft: Draft) -> bool:
    newest = max(years_in(draft.lookup.newest_round.intake))
    return any(year > newest for year in years_in(draft.question.words))
