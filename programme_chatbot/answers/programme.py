"""What the programme is: length, language, degree, place, start, reasons, services."""

from __future__ import annotations

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import (
    answer_from_statements,
    facts_asked_for,
    facts_to_give,
    match,
)

_STUDENT_WORDS = ("student", "students", "quote", "quoted", "testimonial")
_DATE_WORDS = ("date", "dates", "start", "starts", "begin", "begins", "end", "ends", "when")


def answer_overview(draft: Draft) -> Answer:
    """Answers what the programme is, with its official code."""
    programme = draft.lookup.knowledge.programme
    if match(["code", "programme code", "program code"], draft.question.words):
        draft.say("programme.code", name=programme.name, code=programme.code.value)
        draft.use(programme.code, "programme.code")
        return draft.answer("answered")
    draft.say(
        "programme.overview",
        name=programme.name,
        university=programme.university,
        years=programme.length.years,
        credits=programme.length.credits,
        code=programme.code.value,
    )
    draft.use(programme.length, "programme.length")
    draft.use(programme.code, "programme.code")
    draft.state(*facts_to_give(draft))
    return draft.answer("answered")


def answer_length(draft: Draft) -> Answer:
    """Answers how long the programme is and how many credits it has."""
    length = draft.lookup.knowledge.programme.length
    draft.say("programme.length", years=length.years, semesters=length.semesters, credits=length.credits)
    draft.use(length, "programme.length")
    return draft.answer("answered")


def answer_language(draft: Draft) -> Answer:
    """Answers in which language it is taught."""
    language = draft.lookup.knowledge.programme.teaching_language
    draft.say("programme.language", language=language.value)
    draft.use(language, "programme.teaching_language")
    return draft.answer("answered")


def answer_local_language(draft: Draft) -> Answer:
    """Answers whether the language of the country is needed, and where it can be learnt."""
    facts = facts_asked_for(draft)
    if facts:
        draft.state(*facts)
        return draft.answer("answered")
    answer_language(draft)
    draft.state(*facts_to_give(draft))
    return draft.answer("answered")


def answer_degree(draft: Draft) -> Answer:
    """Answers which degree graduates get."""
    degree = draft.lookup.knowledge.programme.degree
    draft.say("programme.degree", degree=degree.value)
    draft.use(degree, "programme.degree")
    return draft.answer("answered")


def answer_location(draft: Draft) -> Answer:
    """Answers where it is taught and by which school."""
    programme = draft.lookup.knowledge.programme
    draft.say("programme.location", campus=programme.location.campus, city=programme.location.city)
    draft.say("programme.school", school=programme.school.name, short=programme.school.short)
    draft.use(programme.location, "programme.location")
    draft.use(programme.school, "programme.school")
    return draft.answer("answered")


def answer_start(draft: Draft) -> Answer:
    """Answers when studies begin and how often a year."""
    start = draft.lookup.knowledge.programme.start
    draft.say("programme.start", month=start.month, per_year=start.per_year)
    draft.use(start, "programme.start")
    periods = sorted(draft.lookup.knowledge.study_periods, key=lambda period: period.start)
    for period in periods[:1]:
        phase = "passed" if period.start < draft.today else "ahead"
        draft.say(f"programme.start.{phase}", term=period.term, date=draft.wording.date(period.start))
        draft.use(period)
    draft.state(*facts_to_give(draft))
    return draft.answer("answered")


def answer_academic_year(draft: Draft) -> Answer:
    """Answers the dates of study periods, as past or coming, or the shape of the year."""
    periods = draft.lookup.knowledge.study_periods
    words = draft.question.words
    if not periods or not match([*_DATE_WORDS, *(period.name for period in periods)], words):
        return answer_from_statements(draft)
    named = [period for period in periods if match([period.name], words)] or list(periods)
    for period in named:
        phase = "passed" if period.end < draft.today else "ahead"
        draft.say(
            f"programme.study_period.{phase}",
            name=period.name,
            term=period.term,
            start=draft.wording.date(period.start),
            end=draft.wording.date(period.end),
        )
        draft.use(period)
    all_passed = all(period.end < draft.today for period in named)
    gaps = [gap for gap in draft.lookup.gaps(draft.question.topic) if all_passed or match(gap.keywords, words)]
    for gap in gaps[:1]:
        draft.admit(gap)
    return draft.answer("unknown" if gaps else "answered")


def answer_why(draft: Draft) -> Answer:
    """Answers what speaks for the programme: facts of the page and what a student says, or the fact asked for."""
    programme = draft.lookup.knowledge.programme
    draft.state(*facts_to_give(draft))
    if programme.testimonial and (not facts_asked_for(draft) or match(_STUDENT_WORDS, draft.question.words)):
        draft.say(
            "programme.testimonial",
            student=programme.testimonial.student,
            country=programme.testimonial.country,
            text=programme.testimonial.text,
        )
        draft.use(programme.testimonial, "programme.testimonial")
    return draft.answer("answered")


def answer_services(draft: Draft) -> Answer:
    """Answers about newsletter, tour and the like: the named one, or all."""
    named = draft.question.ids("service")
    for service in draft.lookup.knowledge.services:
        if service.id in named or not named:
            draft.add(service.text)
            draft.use(service)
    return draft.answer("answered")
