"""Courses: lists, groups, rules, and one course's content, credits, status and time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from programme_chatbot.answers import cards
from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.programme import answer_academic_year, answer_length
from programme_chatbot.answers.statements import (
    answer_from_statements,
    best_matches,
    facts_asked_for,
    facts_to_give,
    match,
    short_facts,
)
from programme_chatbot.knowledge.checks import MANDATORY_GROUP
from programme_chatbot.knowledge.model import Course, Gap

MAX_COURSES = 3
_RARE = 3  # a word that this many courses' contents hold tells which course is meant
_MANDATORY_WORDS = (
    "mandatory",
    "compulsory",
    "obligatory",
    "required",
    "must",
    "have to",
    "optional",
    "elective",
    "forced",
)
_ORDINALS = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "last": -1,
}
# "the second one", "the 2nd course", or the word at the end; not "the second year" or "second thoughts".
ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)}) (?:one|course)\b|\bthe ({'|'.join(_ORDINALS)})\W*$")

_ASKS_WHETHER_THERE_IS = re.compile(
    r"(?:is|are) there\b|any\b|anything\b|can (?:i|one|you) (?:take|study|learn|choose)\b|"
    r"do(?:es)? (?:you|they|it|kth|the programme) (?:have|offer|teach|cover|include)\b"
)
# "anything on causality?" and "what about quantum computing?" ask for something else than the course before.
_ANOTHER_SUBJECT = re.compile(
    r"^(?:and |ok |so |hm |then )*"
    r"(?:(?:what|how) about|anything|something|any|(?:is|are) there|do you (?:have|offer|teach))\b"
)
_WHICH_COURSES = re.compile(r"\b(?:which|what|any|list)\b.{0,12}\b(?:courses|classes|subjects)\b")
_PERIOD = re.compile(r"\bp(?:eriods? ?)?([1-4])\b")
# "the advanced one"; a subject may stand in the place of "one" (nlu/follow_up.py).
_ONE_OF_THEM = re.compile(r"\bthe [^\W\d_]{4,}(?: [^\W\d_]+)? (?:one|the (?:[a-z]+ )?courses?)\b")


def answer_course_list(draft: Draft) -> Answer:
    """Answers what the courses are about, and where the complete list stands."""
    named = draft.question.ids("subject_field")
    if named or draft.question.ids("course"):
        return answer_details(draft)
    draft.state(*short_facts(draft))
    _say_group_fields(draft)
    for gap in draft.lookup.gaps(draft.question.topic):
        draft.admit(gap)
    return draft.answer("answered")


def answer_mandatory(draft: Draft) -> Answer:
    """Answers which courses are mandatory, with code, credits and year."""
    facts = facts_asked_for(draft) if draft.question.topic == "courses.mandatory" else []
    if facts:
        draft.state(*facts)
        return draft.answer("answered")
    draft.say("courses.mandatory")
    draft.use(draft.lookup.mandatory_group)
    _list_courses(draft, draft.lookup.mandatory_courses())
    return draft.answer("answered", topic="courses.mandatory")


def answer_electives(draft: Draft) -> Answer:
    """Answers how much can be chosen freely, and from where."""
    words = draft.question.words
    focused = facts_asked_for(draft) or any(
        match(gap.keywords, words) for gap in draft.lookup.gaps("courses.electives")
    )
    if focused and not match(["how many", "how much", "credits", "ects"], words):
        return answer_from_statements(draft)
    rule = draft.lookup.knowledge.study_rules.elective_credits_max
    draft.say("courses.electives", credits=rule.value)
    draft.use(rule, "study_rules.elective_credits_max")
    draft.state(*facts_to_give(draft))
    return draft.answer("answered")


def answer_areas(draft: Draft) -> Answer:
    """Answers which groups of courses there are, what they hold, and whether there are tracks."""
    if draft.question.ids("course_group") == (MANDATORY_GROUP,):
        return answer_mandatory(draft)
    draft.state(*facts_asked_for(draft))
    rule = draft.lookup.knowledge.study_rules.choice_from_semester
    draft.say("courses.areas", semester=rule.value)
    draft.use(rule, "study_rules.choice_from_semester")
    _say_group_fields(draft)
    return draft.answer("answered")


def answer_rules(draft: Draft) -> Answer:
    """Answers what has to be passed for the degree."""
    rules = draft.lookup.knowledge.study_rules
    groups = draft.lookup.chosen_groups()
    project = draft.lookup.degree_project()
    draft.say(
        "courses.rules",
        course_credits=rules.course_credits.value,
        project_credits=draft.wording.number(project.credits or 0) if project else "",
        courses=rules.group_courses_min.value,
        each=rules.group_courses_min_each.value,
        groups=draft.wording.listing([group.name for group in groups]),
    )
    for name in ("course_credits", "group_courses_min", "group_courses_min_each"):
        draft.use(getattr(rules, name), f"study_rules.{name}")
    draft.state(*facts_asked_for(draft))
    if match(["first cycle", "first-cycle", "bachelor"], draft.question.words):
        draft.say("courses.first_cycle", credits=rules.first_cycle_credits_max.value)
        draft.use(rules.first_cycle_credits_max, "study_rules.first_cycle_credits_max")
    return draft.answer("answered")


def answer_details(draft: Draft) -> Answer:
    """Answers what a named course is about, or which courses there are in a field."""
    courses = _courses_meant(draft)
    gap = _gap_on(courses, draft)
    if gap:
        return _admit(draft, courses, gap)
    fields = draft.question.ids("subject_field")
    if courses and not _asks_for_a_field(draft):
        for course in courses:
            name = {"code": course.id, "name": course.name}
            if course.summary:
                draft.say("courses.details.summary", **name, summary=course.summary)
            else:
                draft.say("courses.details.no_summary", **name)
            _say_status(draft, course)
            if course.note:
                draft.add(course.note)
            draft.give(course)
        return draft.answer("answered", topic="courses.details")
    if fields:
        return _answer_fields(draft, fields)
    return _answer_unknown_course(draft)


def answer_credits(draft: Draft) -> Answer:
    """Answers how many credits a named course has."""
    courses = _courses_meant(draft)
    gap = _gap_on(courses, draft)
    if gap:
        return _admit(draft, courses, gap)
    if not courses:
        fields = draft.question.ids("subject_field")
        if fields:
            return _answer_fields(draft, fields)
        return _answer_unknown_course(draft) if draft.question.has("unknown_course") else _answer_all_credits(draft)
    known = True
    for course in courses:
        name = {"code": course.id, "name": course.name}
        if course.credits is None:
            known = False
            draft.say("courses.credits.unknown", **name)
        else:
            draft.say("courses.credits", **name, credits=draft.wording.number(course.credits))
        draft.give(course)
    return draft.answer("answered" if known else "unknown")


def answer_status(draft: Draft) -> Answer:
    """Answers how a named course belongs to the programme; asked whether it is mandatory, yes or no first."""
    courses = _courses_meant(draft)
    gap = _gap_on(courses, draft)
    if gap:
        return _admit(draft, courses, gap)
    if not courses:
        if draft.question.has("unknown_course"):
            return _answer_unknown_course(draft)
        return answer_mandatory(draft)
    asks_whether_mandatory = bool(match(_MANDATORY_WORDS, draft.question.words))
    for course in courses:
        if not asks_whether_mandatory:
            draft.say("courses.status.name", code=course.id, name=course.name)
        _say_status(draft, course, yes_or_no=asks_whether_mandatory)
        draft.give(course)
    return draft.answer("answered")


def answer_timing(draft: Draft) -> Answer:
    """Answers in which year and period a named course is given."""
    courses = _courses_meant(draft)
    gap = _gap_on(courses, draft)
    if gap:
        return _admit(draft, courses, gap)
    period = _PERIOD.search(draft.question.words)
    if period and _WHICH_COURSES.search(draft.question.words):
        given = _answer_period(draft, period.group(1))
        if given:
            return given
    if period and not courses:
        draft.question = replace(draft.question, topic="programme.academic_year")
        return answer_academic_year(draft)
    if not courses:
        return _answer_unknown_course(draft)
    for course in courses:
        name = {"code": course.id, "name": course.name}
        if course.years:
            draft.say("courses.timing.year", **name, years=_years(draft, course))
        else:
            draft.say("courses.timing.name", **name)
        if course.timing:
            draft.add(course.timing)
        draft.give(course)
    asks_for_period = bool(match(["period", "periods", "semester", "term", "month"], draft.question.words))
    incomplete = [course for course in courses if not course.timing and (asks_for_period or not course.years)]
    if any(not course.timing for course in courses):
        for gap in draft.lookup.gaps(draft.question.topic):
            draft.admit(gap)
    return draft.answer("unknown" if incomplete else "answered")


def _answer_period(draft: Draft, number: str) -> Answer | None:
    """Answers which courses are given in the study period with a number; nothing if none is known."""
    given = [course for course in draft.lookup.knowledge.courses if f"(P{number})" in str(course.timing)]
    if not given:
        return None
    draft.say("courses.in_period", number=number)
    _list_courses(draft, given)
    draft.say("courses.field.more")
    _look_at_full_list(draft)
    return draft.answer("answered", topic="courses.timing")


def _answer_fields(draft: Draft, fields: tuple[str, ...]) -> Answer:
    asks_yes_or_no = _ASKS_WHETHER_THERE_IS.match(draft.question.words) is not None
    for name in fields[:MAX_COURSES]:
        field = draft.lookup.by_id[name]
        group = draft.lookup.by_id[field.group].name if field.group else None
        if group:
            sentence = draft.wording.say("courses.field.in_group", field=field.name, group=group)
        else:
            sentence = draft.wording.say("courses.field.known", field=field.name)
        draft.add(draft.wording.say("yes", sentence=sentence) if asks_yes_or_no else draft.wording.sentence(sentence))
        draft.use(field)
        courses = draft.lookup.courses_in_field(name)
        own = [course for course in courses if course.membership != "unconfirmed"]
        others = [course for course in courses if course.membership == "unconfirmed"]
        if own:
            draft.say("courses.field.own")
            _list_courses(draft, own)
        if others:
            draft.say("courses.field.others")
            _list_courses(draft, others)
    draft.say("courses.field.more")
    _look_at_full_list(draft)
    return draft.answer("answered", topic="courses.details")


def _answer_all_credits(draft: Draft) -> Answer:
    """Answers "how many credits?" without a course: those of the programme and of the mandatory courses."""
    answer_length(draft)
    answer_mandatory(draft)
    return draft.answer("answered", topic="courses.credits")


def _answer_unknown_course(draft: Draft) -> Answer:
    about = _courses_about(draft) if not draft.question.has("unknown_course") else []
    if about:
        draft.say("courses.details.about_it")
        for course in about:
            draft.say("courses.details.summary", code=course.id, name=course.name, summary=course.summary)
            _say_status(draft, course)
            draft.give(course)
        return draft.answer("answered", topic="courses.details")
    if draft.question.topic == "courses.timing" and not draft.question.mentions:
        draft.say("courses.which")
        return draft.answer("clarify")
    _look_at_full_list(draft)
    if draft.question.topic == "courses.details" and not draft.question.has("unknown_course"):
        draft.say("courses.no_course_on_it")
        return draft.answer("unknown")
    draft.say("courses.unknown")
    _list_courses(draft, draft.lookup.mandatory_courses())
    return draft.answer("unknown")


def _courses_about(draft: Draft) -> list[Course]:
    """Returns the courses whose content holds two or more words of the question that few courses' contents hold."""
    contents = {
        course: set(re.findall(r"[^\W\d_]{4,}", f"{course.name} {course.summary}".lower()))
        for course in draft.lookup.knowledge.courses
        if course.summary
    }
    words = set(re.findall(r"[^\W\d_]{4,}", draft.question.words))
    rare = {word for word in words if 0 < sum(word in content for content in contents.values()) <= _RARE}
    best = max((len(rare & content) for content in contents.values()), default=0)
    return [course for course, content in contents.items() if best > 1 and len(rare & content) == best][:MAX_COURSES]


def _gap_on(courses: list[Course], draft: Draft) -> Gap | None:
    """Returns what the question asks of named courses that only their pages tell, such as the textbook."""
    gaps = best_matches(draft.lookup.gaps("courses.details"), draft.question.words) if courses else []
    return gaps[0] if gaps else None


def _admit(draft: Draft, courses: list[Course], gap: Gap) -> Answer:
    for course in courses:
        draft.say("courses.details.ask_there", what=gap.text, code=course.id, name=course.name)
        draft.give(course)
    draft.use_gap(gap)
    return draft.answer("unknown", topic="courses.details")


def _courses_meant(draft: Draft) -> list[Course]:
    """Returns the named courses, or the ones that an ordinal or a pronoun means in the last reply."""
    named = [draft.lookup.course(code) for code in draft.question.ids("course")]
    if named or draft.question.has("unknown_course"):
        return named[:MAX_COURSES]
    fields = draft.question.ids("subject_field")
    if fields:
        return _courses_in(draft, fields)
    project = draft.lookup.degree_project()
    if project and match(["thesis", "degree project", "final project"], draft.question.words):
        return [project]
    listed = listed_before(draft)
    chosen = course_by_ordinal(draft)
    if chosen:
        return [chosen]
    described = _described(listed, draft.question.words)
    if not described and _ONE_OF_THEM.search(draft.question.words):
        described = _described(list(draft.lookup.mandatory_courses()), draft.question.words)
    if described:
        return [described]
    if draft.question.topic == "courses.details" and _ANOTHER_SUBJECT.search(draft.question.words):
        return []
    refers_to_all = re.search(r"\b(they|them|these|those|each)\b", draft.question.words)
    return listed[:MAX_COURSES] if refers_to_all or len(listed) <= MAX_COURSES else []


def _described(listed: list[Course], words: str) -> Course | None:
    """Returns the course of a list that a word of its name alone tells from the others ("the advanced one")."""
    names = {course.id: set(re.findall(r"[^\W\d_]{4,}", course.name.lower())) for course in listed}
    asked = set(re.findall(r"[^\W\d_]{4,}", words))
    telling = {word for word in asked if sum(word in name for name in names.values()) == 1}
    meant = [course for course in listed if telling & names[course.id]]
    return meant[0] if len(meant) == 1 and len(listed) > 1 else None


def _courses_in(draft: Draft, fields: tuple[str, ...]) -> list[Course]:
    """Returns the courses in fields that were just listed ("the speech one"), or any if a time or status is asked."""
    listed = [course for course in listed_before(draft) if set(fields) & set(course.subject_fields)]
    if not listed and draft.question.topic in ("courses.timing", "courses.status"):
        listed = [course for field in fields for course in draft.lookup.courses_in_field(field)]
    return listed[:MAX_COURSES]


def course_by_ordinal(draft: Draft) -> Course | None:
    """Returns the course of the last list that words such as "the second one" mean."""
    listed = listed_before(draft)
    found = ORDINAL.search(draft.question.words)
    if not listed or not found:
        return None
    position = _ORDINALS[found.group(1) or found.group(2)]
    return listed[position] if position < len(listed) else None


def listed_before(draft: Draft) -> list[Course]:
    """Returns the courses that the last reply listed, in its order."""
    items = (draft.lookup.by_id.get(item) for item in draft.question.context.items)
    return [item for item in items if isinstance(item, Course)]


def _asks_for_a_field(draft: Draft) -> bool:
    """Tells whether a name that is a course and a field means the field ("anything on ...?")."""
    return bool(draft.question.ids("subject_field")) and bool(
        match(
            [
                "any",
                "anything",
                "courses",
                "something",
                "is there a course",
                "offer",
                "cover",
                "focus on",
                "learn",
            ],
            draft.question.words,
        )
    )


def _say_status(draft: Draft, course: Course, *, yes_or_no: bool = False) -> None:
    name = {"code": course.id, "name": course.name} if yes_or_no else {}
    prefix = "courses.status.answer" if yes_or_no else "courses.status.note"
    if course.membership == "conditionally_elective" and course.group:
        draft.say(f"{prefix}.conditionally_elective_in", **name, group=draft.lookup.by_id[course.group].name)
    else:
        draft.say(f"{prefix}.{course.membership}", **name)


def _say_group_fields(draft: Draft) -> None:
    lines = []
    for group in draft.lookup.chosen_groups():
        fields = draft.lookup.fields_of_group(group.id)
        names = draft.wording.listing([field.name for field in fields])
        lines.append(draft.wording.say("courses.group_line", group=group.name, about=group.about, fields=names))
        draft.give(group)
        for field in fields:
            draft.use(field)
    draft.add(draft.wording.bullets(lines))


def _list_courses(draft: Draft, courses: Sequence[Course]) -> None:
    if len(courses) > 1:
        draft.show(cards.course_list(draft, courses))
    draft.add(draft.wording.bullets([_line(draft, course) for course in courses]))
    draft.give(*courses)


def _years(draft: Draft, course: Course) -> str:
    return draft.wording.listing([str(year) for year in course.years])


def _line(draft: Draft, course: Course) -> str:
    details = []
    if course.credits is not None:
        details.append(draft.wording.say("courses.line.credits", credits=draft.wording.number(course.credits)))
    if course.years:
        details.append(draft.wording.say("courses.line.year", years=_years(draft, course)))
    name = {"code": course.id, "name": course.name}
    if not details:
        return draft.wording.say("courses.line.plain", **name)
    return draft.wording.say("courses.line", **name, details=", ".join(details))


def _look_at_full_list(draft: Draft) -> None:
    for gap in draft.lookup.gaps("courses.list"):
        draft.look_at(*gap.look_at)
