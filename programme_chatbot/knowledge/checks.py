"""What must hold between the parts of a knowledge file, beyond the shape of each part."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from programme_chatbot.knowledge.model import Course, Knowledge, Period, Sourced
from programme_chatbot.knowledge.problems import Problem
from programme_chatbot.knowledge.reading import Document, Path_, show
from programme_chatbot.knowledge.topics import BY_ID, TOPICS_WITHOUT_FACTS, TOPICS_WITHOUT_GAPS

_MakeProblem = Callable[[Path_, str, str], Problem]

MILESTONE_ORDER = ("application_opens", "last_day", "documents_and_fee", "results")

# Sections whose entries users call by name. Within one section a name must mean one thing; across sections it may
# mean two (a course and the field it is about), and the question decides.
MANDATORY_GROUP = "mandatory"  # the group whose courses everybody takes
NAMED_SECTIONS = (
    "milestones",
    "course_groups",
    "subject_fields",
    "courses",
    "companies",
    "roles",
    "countries",
    "sectors",
    "sustainability_goals",
    "services",
)
SECTIONS_WITH_IDS = (
    "sources",
    *NAMED_SECTIONS,
    "rounds",
    "study_periods",
    "facts",
    "calls",
    "gaps",
)


def normalise_name(name: str) -> str:
    """Returns the form in which names are compared: lower case, single spaces."""
    return " ".join(name.lower().split())


def years_in(text: str) -> list[int]:
    """Returns the years of this century that a text names, in order."""
    return [int(year) for year in re.findall(r"\b20\d\d\b", text)]


def find_problems(knowledge: Knowledge, document: Document) -> Iterator[Problem]:
    """Yields everything that is wrong between the parts of a well-formed knowledge file."""

    def problem(path: Path_, what: str, expected: str) -> Problem:
        return Problem(document.line(path), show(path), what, expected)

    yield from _unknown_entries_asked_for(knowledge, problem)
    yield from _duplicate_ids(knowledge, problem)
    yield from _shared_aliases(knowledge, problem)
    yield from _broken_references(knowledge, problem)
    yield from _dates_out_of_order(knowledge, problem)
    yield from _unreachable(knowledge, problem)
    yield from _incomplete_sections(knowledge, problem)


def sourced_parts(knowledge: Knowledge) -> Iterator[tuple[Path_, Sourced]]:
    """Yields each part that names a source, with its place in the file."""
    for name in knowledge.programme.__fields__:
        part = getattr(knowledge.programme, name)
        if isinstance(part, Sourced):
            yield ("programme", name), part
    for name in knowledge.study_rules.__fields__:
        yield ("study_rules", name), getattr(knowledge.study_rules, name)
    for section in SECTIONS_WITH_IDS:
        for index, item in enumerate(getattr(knowledge, section)):
            if isinstance(item, Sourced):
                yield (section, index), item


def _unknown_entries_asked_for(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    known = {entry.id for entry in knowledge.statements}
    for name in knowledge.asked:
        if name not in known:
            yield problem(
                ("asked", name), f"there is no fact or gap '{name}'", "the id of an entry of `facts` or `gaps`"
            )


def _duplicate_ids(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    # Sources are named from everywhere by id alone and have a name space of their own.
    for sections in (("sources",), SECTIONS_WITH_IDS[1:]):
        seen: dict[str, Path_] = {}
        for section in sections:
            for index, item in enumerate(getattr(knowledge, section)):
                key = "code" if isinstance(item, Course) else "id"
                path: Path_ = (section, index, key)
                if item.id in seen:
                    yield problem(
                        path,
                        f"the id '{item.id}' is used twice (also at {show(seen[item.id])})",
                        "another id",
                    )
                seen.setdefault(item.id, path)


def _shared_aliases(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    for section in NAMED_SECTIONS:
        owners: dict[str, str] = {}
        for index, item in enumerate(getattr(knowledge, section)):
            names = [item.id, item.name] if isinstance(item, Course) else [item.name]
            for name in names:
                other = owners.setdefault(normalise_name(name), item.id)
                if other != item.id:
                    yield problem((section, index), f"the name '{name}' is that of '{other}' too", "a name of its own")
            for position, alias in enumerate(item.aliases):
                path = (section, index, "aliases", position)
                key = normalise_name(alias)
                if key in owners:
                    yield problem(path, f"the alias '{alias}' is used twice ('{owners[key]}')", "each alias once")
                owners.setdefault(key, item.id)


def _broken_references(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    sources = {source.id for source in knowledge.sources}
    groups = {group.id for group in knowledge.course_groups}
    subject_fields = {subject.id for subject in knowledge.subject_fields}
    companies = {company.id for company in knowledge.companies}

    def missing(path: Path_, wanted: str, known: Iterable[str], section: str) -> Iterator[Problem]:
        if wanted not in known:
            yield problem(path, f"there is no '{wanted}' in `{section}`", f"the id of an entry in `{section}`")

    yield from missing(("course_groups",), MANDATORY_GROUP, groups, "course_groups")
    for key in ("page", "admissions"):
        yield from missing(("programme", key), getattr(knowledge.programme, key), sources, "sources")
    for path, part in sourced_parts(knowledge):
        yield from missing((*path, "source"), part.source, sources, "sources")
    for index, subject in enumerate(knowledge.subject_fields):
        if subject.group is not None:
            yield from missing(("subject_fields", index, "group"), subject.group, groups, "course_groups")
    for index, course in enumerate(knowledge.courses):
        if course.group is not None:
            yield from missing(("courses", index, "group"), course.group, groups, "course_groups")
        for position, name in enumerate(course.subject_fields):
            place = ("courses", index, "subject_fields", position)
            yield from missing(place, name, subject_fields, "subject_fields")
    for index, goal in enumerate(knowledge.sustainability_goals):
        for position, name in enumerate(goal.project_places):
            place = ("sustainability_goals", index, "project_places", position)
            yield from missing(place, name, companies, "companies")
    for index, gap in enumerate(knowledge.gaps):
        for position, name in enumerate(gap.look_at):
            yield from missing(("gaps", index, "look_at", position), name, sources, "sources")
    for section in ("facts", "calls", "gaps"):
        for index, item in enumerate(getattr(knowledge, section)):
            if item.topic not in BY_ID or not BY_ID[item.topic].is_question:
                yield problem(
                    (section, index, "topic"),
                    f"there is no topic '{item.topic}'",
                    "one of the topics that `programme-chatbot topics` lists",
                )


def _dates_out_of_order(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    for index, admission_round in enumerate(knowledge.rounds):
        for earlier, later in itertools.pairwise(MILESTONE_ORDER):
            dates = admission_round.dates
            if dates[later] < dates[earlier]:
                yield problem(
                    ("rounds", index, "dates", later),
                    f"{later} ({dates[later]}) is before {earlier} ({dates[earlier]})",
                    f"the order {', '.join(MILESTONE_ORDER)}",
                )
    listed = tuple(milestone.id for milestone in knowledge.milestones)
    if listed != MILESTONE_ORDER:
        yield problem(
            ("milestones",),
            f"the milestones are {', '.join(listed)}",
            f"{', '.join(MILESTONE_ORDER)}, in this order",
        )
    sections: tuple[tuple[str, Sequence[Period]], ...] = (
        ("study_periods", knowledge.study_periods),
        ("calls", knowledge.calls),
    )
    for section, periods in sections:
        for index, period in enumerate(periods):
            if period.end < period.start:
                yield problem(
                    (section, index, "end"),
                    f"it ends on {period.end}, before it starts on {period.start}",
                    "an end that is not before the start",
                )


def _unreachable(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    for index, gap in enumerate(knowledge.gaps):
        if not gap.always and not gap.keywords:
            expected = "keywords, or `always: true` if it is all its topic has"
            yield problem(("gaps", index), "no question reaches this gap", expected)
    for section, excluded in (("facts", TOPICS_WITHOUT_FACTS), ("gaps", TOPICS_WITHOUT_GAPS)):
        for index, item in enumerate(getattr(knowledge, section)):
            if item.topic in excluded:
                what = f"the topic '{item.topic}' is answered from other sections and gives no {section}"
                yield problem((section, index, "topic"), what, "another topic")
    used = {part.source for _, part in sourced_parts(knowledge)}
    used |= {name for gap in knowledge.gaps for name in gap.look_at}
    used |= {knowledge.programme.page, knowledge.programme.admissions}
    for index, source in enumerate(knowledge.sources):
        if source.id not in used:
            yield problem(("sources", index), f"nothing names the source '{source.id}'", "a use, or no such source")
    sections = (*NAMED_SECTIONS, "facts", "calls", "gaps")
    for section, index, item in ((s, i, item) for s in sections for i, item in enumerate(getattr(knowledge, s))):
        for key in ("aliases", "keywords"):
            for position, word in enumerate(getattr(item, key, ())):
                if not any(char.isalnum() for char in word):
                    yield problem((section, index, key, position), f"'{word}' is no word", "a word that people type")


def _incomplete_sections(knowledge: Knowledge, problem: _MakeProblem) -> Iterator[Problem]:
    for index, group in enumerate(knowledge.course_groups):
        if group.id != MANDATORY_GROUP and not group.about:
            expected = "what the courses of the group are about"
            yield problem(("course_groups", index), "the key `about` is missing", expected)
    projects = [course for course in knowledge.courses if course.degree_project]
    if len(projects) != 1 or not projects[0].credits:
        what = f"{len(projects)} courses are marked as degree project"
        yield problem(("courses",), what, "one course with `degree_project: true` and its credits")
    for index, course in enumerate(knowledge.courses):
        if (course.membership == "mandatory") != (course.group == MANDATORY_GROUP):
            what = f"membership {course.membership} and group {course.group} do not go together"
            yield problem(("courses", index), what, f"both or neither to be {MANDATORY_GROUP}")
        if any(year not in range(1, knowledge.programme.length.years + 1) for year in course.years):
            expected = f"years of study from 1 to {knowledge.programme.length.years}"
            yield problem(("courses", index, "years"), f"years {list(course.years)}", expected)
    intakes: dict[int, str] = {}
    for index, item in enumerate(knowledge.rounds):
        years = years_in(item.intake)
        if len(years) != 1:
            yield problem(("rounds", index, "intake"), f"'{item.intake}' names no year", "an intake with its year")
        elif years[0] in intakes:
            what = f"{intakes[years[0]]} is for {years[0]} too"
            yield problem(("rounds", index, "intake"), what, "one round for each year")
        for year in years:
            intakes[year] = item.id
    numbers: dict[int, str] = {}
    for index, goal in enumerate(knowledge.sustainability_goals):
        if numbers.setdefault(goal.number, goal.id) != goal.id:
            what = f"goal {goal.number} stands twice"
            yield problem(("sustainability_goals", index, "number"), what, "each goal once")
