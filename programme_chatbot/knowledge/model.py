"""The shape of a knowledge file: typed sections, each fact with its source.

The classes follow the sections of the file from top to bottom. References between sections (a fact's source, a
course's group) are ids; `programme_chatbot.knowledge.checks` makes sure that each one leads somewhere.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, constr, validator
from pydantic.fields import ModelField

DEFAULT_LANGUAGE = "en"
Identifier = constr(regex=r"^[a-z][a-z0-9_]*$", max_length=40)
CourseCode = constr(regex=r"^[A-Z]{2}[0-9]{3}[0-9A-Z]$")


class LocalisedText(str):
    """A text in the file's language, with translations if the file has them.

    In the file it is a plain text, or a mapping of language codes to texts that includes `en`.
    """

    translations: dict[str, str]

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], LocalisedText]]:
        yield cls.validate

    @classmethod
    def __modify_schema__(cls, field_schema: dict[str, Any]) -> None:
        text = {"type": "string", "minLength": 1}
        field_schema.clear()
        field_schema["anyOf"] = [
            text,
            {"type": "object", "required": [DEFAULT_LANGUAGE], "additionalProperties": text},
        ]

    @classmethod
    def validate(cls, value: object) -> LocalisedText:
        """Accepts a text or a mapping of languages to texts; raises ValueError or TypeError otherwise."""
        translations = {DEFAULT_LANGUAGE: value} if isinstance(value, str) else value
        if not isinstance(translations, dict):
            raise TypeError("expected a text, or a mapping such as {en: ..., sv: ...}")
        if DEFAULT_LANGUAGE not in translations:
            raise ValueError(f"expected the key '{DEFAULT_LANGUAGE}' among the languages")
        for language, text in translations.items():
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"expected a text that is not empty (language '{language}')")
        localised = cls(translations[DEFAULT_LANGUAGE])
        localised.translations = dict(translations)
        return localised

    def in_language(self, language: str) -> str:
        """Returns the text in `language` (a code such as `sv`), or in the default language if it lacks it."""
        return self.translations.get(language, str(self))


_KINDS: dict[type, tuple[tuple[type, ...], str]] = {
    LocalisedText: ((), ""),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "a text; put numbers and words such as no in quotes"),
    datetime.date: ((datetime.date,), "a date such as 2026-01-15, without quotes"),
}


class Record(BaseModel):
    """Base of everything in the file: unknown keys are errors, values do not change."""

    class Config:
        """Settings of pydantic."""

        extra = Extra.forbid
        frozen = True

    @validator("*", pre=True)
    def _is_of_its_kind(cls, value: object, field: ModelField) -> object:
        """Refuses what pydantic would convert: a number for a date, 119.9 for a whole number, no (false) for a text."""
        kind = next((kind for kind in _KINDS if isinstance(field.type_, type) and issubclass(field.type_, kind)), None)
        if kind is not None and kind is not LocalisedText:
            classes, expected = _KINDS[kind]
            for item in value if isinstance(value, (list, tuple)) else [value]:
                if item is not None and type(item) not in classes:
                    raise ValueError(f"expected {expected}")
        return value


class Sourced(Record):
    """Something that a page states, for an intake if it differs by intake."""

    source: str = Field(description="id of an entry in `sources`")
    holds_for: LocalisedText | None = Field(None, description="intake or scope, if it does not hold for all")


class Named(Sourced):
    """Something that users call by a name."""

    id: Identifier  # type: ignore[valid-type]
    name: LocalisedText
    aliases: tuple[str, ...] = Field((), description="other names and spellings that users type")


class Source(Record):
    """A page that states facts."""

    id: Identifier  # type: ignore[valid-type]
    title: LocalisedText
    url: str = Field(description="https://... or mailto:...")
    checked: datetime.date = Field(description="day on which the facts were last compared with the page")

    @validator("url")
    def _is_a_safe_link(cls, url: str) -> str:
        if not re.match(r"^(https://[^\s/]+\.[^\s]+|mailto:[^\s@]+@[^\s@]+)$", url):
            raise ValueError("expected a link that begins with https:// or mailto:")
        return url


class Value(Sourced):
    """One stated text."""

    value: LocalisedText


class Number(Sourced):
    """One stated number."""

    value: int = Field(ge=0)


class Length(Sourced):
    """How long the programme is; `credits` are ECTS credits."""

    years: int = Field(gt=0)
    semesters: int = Field(gt=0)
    credits: int = Field(gt=0)


class Location(Sourced):
    """Where it is taught."""

    campus: LocalisedText
    city: LocalisedText


class School(Sourced):
    """The part of the university that gives the programme."""

    name: LocalisedText
    short: str


class Start(Sourced):
    """When studies begin."""

    month: LocalisedText
    per_year: LocalisedText


class Testimonial(Sourced):
    """What a student says; `text` completes a sentence that begins with the student's name."""

    student: str
    country: LocalisedText
    text: LocalisedText


class Programme(Record):
    """The facts that every programme has."""

    id: str
    name: LocalisedText
    aliases: tuple[str, ...] = Field((), description="other names of the programme that users type")
    university: LocalisedText
    university_aliases: tuple[str, ...] = Field((), description="other names of the university")
    page: str = Field(description="id of the source that is the programme's own page")
    admissions: str = Field(description="id of the source where applications are handled")
    code: Value
    length: Length
    teaching_language: Value
    degree: Value
    location: Location
    school: School
    start: Start
    testimonial: Testimonial | None = None


class Milestone(Record):
    """A kind of date within an admission round."""

    id: Literal["application_opens", "last_day", "documents_and_fee", "results"]
    name: LocalisedText
    aliases: tuple[str, ...] = ()


class RoundDates(Record):
    """The dates of one round, in the order in which they must fall."""

    application_opens: datetime.date
    last_day: datetime.date
    documents_and_fee: datetime.date
    results: datetime.date

    def __getitem__(self, milestone: str) -> datetime.date:
        """Returns the date of the milestone with that id."""
        date: datetime.date = getattr(self, milestone)
        return date


class Round(Sourced):
    """An admission round and the intake that its dates belong to."""

    id: Identifier  # type: ignore[valid-type]
    intake: LocalisedText
    dates: RoundDates


class Period(Sourced):
    """A stretch of time with a first and a last day."""

    id: Identifier  # type: ignore[valid-type]
    name: LocalisedText
    start: datetime.date
    end: datetime.date


class StudyPeriod(Period):
    """A study period of a term."""

    term: LocalisedText


class CourseGroup(Named):
    """A group of courses."""

    about: LocalisedText | None = None


class SubjectField(Named):
    """A field that courses are about; `group` is the group whose example it is."""

    group: str | None = None


class Course(Sourced):
    """A course. Credits are ECTS credits, `group` is null where no source tells the group."""

    code: CourseCode  # type: ignore[valid-type]
    name: LocalisedText
    membership: Literal["mandatory", "conditionally_elective", "open", "unconfirmed"]
    credits: float | None = Field(None, gt=0, le=60)
    group: str | None = None
    years: tuple[int, ...] = ()
    timing: LocalisedText | None = None
    summary: LocalisedText | None = None
    note: LocalisedText | None = None
    subject_fields: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    degree_project: bool = False

    @property
    def id(self) -> str:
        """The course code, which identifies the course."""
        code: str = self.code
        return code


class StudyRules(Record):
    """What has to be passed; credits are ECTS credits."""

    elective_credits_max: Number
    choice_from_semester: Number
    group_courses_min: Number
    group_courses_min_each: Number
    course_credits: Number
    first_cycle_credits_max: Number


class Company(Named):
    """A company or institute that the sources name, and as what."""

    degree_projects: bool = False
    employer: bool = False


class SustainabilityGoal(Named):
    """One of the UN's goals, with an example of a degree project."""

    number: int = Field(ge=1, le=17)
    project: LocalisedText
    project_places: tuple[str, ...] = ()


class Service(Named):
    """Something that the university offers to people who are interested."""

    text: LocalisedText


class Fact(Sourced):
    """A statement of one topic: one or two sentences that are complete in themselves."""

    id: Identifier  # type: ignore[valid-type]
    topic: str
    text: LocalisedText
    detail: bool = Field(False, description="true: only when asked for more, or by one of its keywords")
    keywords: tuple[str, ...] = Field((), description="words in a question of its topic that ask for just this")


class Call(Period):
    """A past period in which something could be applied for."""

    topic: str
    intake: LocalisedText
    note: LocalisedText | None = None
    keywords: tuple[str, ...] = ()


class Gap(Record):
    """What the sources do not tell; `text` completes "I don't know ..."."""

    id: Identifier  # type: ignore[valid-type]
    topic: str
    text: LocalisedText
    look_at: tuple[str, ...] = Field(description="ids of the sources to look at")
    keywords: tuple[str, ...] = ()
    always: bool = Field(False, description="true: this is what the topic answers, whatever the words")

    @validator("look_at")
    def _names_a_page(cls, look_at: tuple[str, ...]) -> tuple[str, ...]:
        if not look_at:
            raise ValueError("expected at least one source to look at")
        return look_at


class Knowledge(Record):
    """A whole knowledge file."""

    schema_version: Literal[1]
    language: Literal["en"]
    sources: tuple[Source, ...]
    programme: Programme
    milestones: tuple[Milestone, ...]
    rounds: tuple[Round, ...]
    study_periods: tuple[StudyPeriod, ...] = ()
    course_groups: tuple[CourseGroup, ...]
    subject_fields: tuple[SubjectField, ...]
    courses: tuple[Course, ...]
    study_rules: StudyRules
    companies: tuple[Company, ...]
    roles: tuple[Named, ...]
    countries: tuple[Named, ...]
    sectors: tuple[Named, ...]
    sustainability_goals: tuple[SustainabilityGoal, ...]
    services: tuple[Service, ...]
    facts: tuple[Fact, ...]
    calls: tuple[Call, ...] = ()
    gaps: tuple[Gap, ...]
    asked: dict[str, tuple[str, ...]] = Field({}, description="id of a fact or gap -> how people ask for it")

    @property
    def statements(self) -> tuple[Fact | Gap, ...]:
        """The facts and the gaps: what topics are answered with, and what `asked` names."""
        return (*self.facts, *self.gaps)

    @validator("rounds")
    def _has_a_round(cls, rounds: tuple[Round, ...]) -> tuple[Round, ...]:
        if not rounds:
            raise ValueError("expected at least one admission round")
        return rounds
