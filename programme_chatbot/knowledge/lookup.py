"""Finds the entries of a knowledge file by id, topic or property."""

from __future__ import annotations

import datetime
import re
from functools import cached_property
from typing import Any

from programme_chatbot.knowledge.checks import MANDATORY_GROUP, NAMED_SECTIONS, SECTIONS_WITH_IDS, years_in
from programme_chatbot.knowledge.model import (
    Call,
    Company,
    Course,
    CourseGroup,
    Fact,
    Gap,
    Knowledge,
    Round,
    Source,
    SubjectField,
)


class Lookup:
    """Indexes over a knowledge file.

    Args:
        knowledge: the validated knowledge.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    @cached_property
    def by_id(self) -> dict[str, Any]:
        """Every entry with an id, apart from the sources."""
        return {
            item.id: item
            for section in SECTIONS_WITH_IDS
            if section != "sources"
            for item in getattr(self.knowledge, section)
        }

    def entry(self, name: str) -> Any | None:
        """Returns the entry that an answer has given under `name`, such as `phd_length` or `round_2026.results`."""
        found = self.by_id.get(name) or self.by_id.get(name.partition(".")[0])
        if found is None and "." in name:
            section, _, key = name.partition(".")
            found = getattr(getattr(self.knowledge, section, None), key, None)
        return found if hasattr(found, "source") else None

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources by id."""
        return {source.id: source for source in self.knowledge.sources}

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds, the newest first."""
        return tuple(sorted(self.knowledge.rounds, key=lambda item: item.dates.last_day, reverse=True))

    @property
    def newest_round(self) -> Round:
        """The newest round that is known."""
        return self.rounds[0]

    def upcoming_round(self, milestone: str, today: datetime.date) -> Round:
        """Returns the earliest round whose milestone (its id) is today or ahead, or the newest if all have passed."""
        ahead = [item for item in self.rounds if item.dates[milestone] >= today]
        return ahead[-1] if ahead else self.newest_round

    def round_of_year(self, year: int) -> Round | None:
        """Returns the round whose intake is in that year, if it is known."""
        return next((item for item in self.rounds if year in years_in(item.intake)), None)

    def facts(self, topic: str) -> tuple[Fact, ...]:
        """Returns the facts of a topic, in the order of the file."""
        return tuple(fact for fact in self.knowledge.facts if fact.topic == topic)

    def short_facts(self, topic: str) -> tuple[Fact, ...]:
        """Returns the facts of a topic's short answer: those that are no details."""
        return tuple(fact for fact in self.facts(topic) if not fact.detail)

    def calls(self, topic: str) -> tuple[Call, ...]:
        """Returns the past calls of a topic."""
        return tuple(call for call in self.knowledge.calls if call.topic == topic)

    def gaps(self, topic: str) -> tuple[Gap, ...]:
        """Returns the known gaps of a topic."""
        return tuple(gap for gap in self.knowledge.gaps if gap.topic == topic)

    def courses_named_in(self, text: str) -> tuple[str, ...]:
        """Returns the codes of the courses that a text names by their code, in its order."""
        return tuple(word for word in re.findall(r"\w+", text) if isinstance(self.by_id.get(word), Course))

    def course(self, code: str) -> Course:
        """Returns the course with that code; raises KeyError if there is none."""
        course = self.by_id[code]
        assert isinstance(course, Course)
        return course

    def mandatory_courses(self) -> tuple[Course, ...]:
        """Returns the mandatory courses, the degree project last."""
        mandatory = [course for course in self.knowledge.courses if course.membership == "mandatory"]
        return tuple(sorted(mandatory, key=lambda course: course.degree_project))

    def degree_project(self) -> Course | None:
        """Returns the course that is the degree project."""
        return next((course for course in self.knowledge.courses if course.degree_project), None)

    def courses_in_field(self, subject_field: str) -> tuple[Course, ...]:
        """Returns the courses about a field, those of the programme first."""
        order = ("mandatory", "conditionally_elective", "open", "unconfirmed")
        courses = [course for course in self.knowledge.courses if subject_field in course.subject_fields]
        return tuple(sorted(courses, key=lambda course: order.index(course.membership)))

    @property
    def mandatory_group(self) -> CourseGroup:
        """The group of the mandatory courses."""
        return next(group for group in self.knowledge.course_groups if group.id == MANDATORY_GROUP)

    def chosen_groups(self) -> tuple[CourseGroup, ...]:
        """Returns the groups from which students choose."""
        return tuple(group for group in self.knowledge.course_groups if group.id != MANDATORY_GROUP)

    def fields_of_group(self, group: str) -> tuple[SubjectField, ...]:
        """Returns the fields that are named as examples of a group."""
        return tuple(item for item in self.knowledge.subject_fields if item.group == group)

    def thesis_companies(self) -> tuple[Company, ...]:
        """Returns the companies named for degree projects."""
        return tuple(company for company in self.knowledge.companies if company.degree_projects)

    def employers(self) -> tuple[Company, ...]:
        """Returns the companies named as employers."""
        return tuple(company for company in self.knowledge.companies if company.employer)


def names_of(knowledge: Knowledge) -> set[str]:
    """Returns every name and alias that a message may hold, with those of programme and university."""
    programme = knowledge.programme
    own = {programme.name, *programme.aliases, programme.university, *programme.university_aliases}
    return own.union(
        name
        for section in NAMED_SECTIONS
        for item in getattr(knowledge, section)
        for name in (*([item.id] if isinstance(item, Course) else []), item.name, *item.aliases)
    )


def keywords_of(knowledge: Knowledge) -> set[str]:
    """Returns the keywords of all facts, calls and gaps."""
    sections = (knowledge.facts, knowledge.calls, knowledge.gaps)
    return {word for section in sections for item in section for word in item.keywords}


def taught_by(knowledge: Knowledge) -> list[str]:
    """Returns all that a trained model takes from a knowledge file, sorted: names, keywords, and how people ask.

    Dates, amounts and other facts are not among them: they can change without training.
    """
    asked = {f"{name}: {question}" for name, questions in knowledge.asked.items() for question in questions}
    topics = {f"{entry.id}: {entry.topic}" for entry in knowledge.statements}
    return sorted(names_of(knowledge) | keywords_of(knowledge) | asked | topics)
