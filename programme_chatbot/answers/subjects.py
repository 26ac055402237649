"""What a question is about, when its words say so more clearly than its form.

"When does the application open?" asks for a date of the admission, "When does the application for housing open?" asks
about housing. A classifier of whole sentences often hears only the first half; the subject's own words settle it.
"""

from __future__ import annotations

from dataclasses import dataclass

from programme_chatbot.answers.answer import Question
from programme_chatbot.answers.statements import match


@dataclass(frozen=True)
class Subject:
    """A subject that general questions may be about.

    Args:
        topic: the topic that answers them.
        words: words that name the subject.
        claims: topics and areas whose questions are about the subject if they name it.
    """

    topic: str
    words: tuple[str, ...]
    claims: tuple[str, ...]


_SUBJECTS = (
    Subject(
        "fees.scholarships",
        ("scholarship", "scholarships", "stipend", "fellowship"),
        ("deadlines", "admission.selection", "admission.documents", "admission.how_to_apply", "admission.results"),
    ),
    Subject(
        "living.accommodation",
        ("housing", "accommodation", "dorm", "dorms", "dormitory", "student room", "a room", "flat", "apartment"),
        ("deadlines", "fees", "admission.results", "admission.documents", "admission.how_to_apply"),
    ),
    Subject(
        "living.residence_permit",
        ("residence permit", "student visa", "visa", "study permit"),
        ("deadlines", "fees.payment", "fees.application_fee", "admission.documents", "admission.how_to_apply"),
    ),
    Subject(
        "exchange.semester",
        ("exchange", "exchange studies", "exchange semester", "study abroad", "semester abroad"),
        ("deadlines", "fees", "admission.how_to_apply", "admission.documents"),
    ),
    Subject("careers.doctoral", ("phd", "doctoral", "doctorate"), ("fees", "deadlines", "admission.how_to_apply")),
    Subject("living.local_language", ("swedish course", "swedish courses", "swedish class"), ("deadlines", "courses")),
    Subject("living.arrival", ("arrival days", "arrival day", "introduction week"), ("deadlines", "programme.start")),
)
_COURSE_WORDS = (
    "course",
    "courses",
    "class",
    "classes",
    "lecture",
    "lectures",
    "elective",
    "electives",
    "anything",
    "something",
    "offer",
    "teach",
)
_NOT_ABOUT_COURSES = (
    *("programme.overview", "programme.learning_outcomes", "programme.why"),
    *("admission.background", "out_of_scope.general", "out_of_scope.writing"),
)


# What is asked of a named course, by the words that ask it.
_FACETS = {
    "courses.credits": ("credits", "credit", "ects", "how big", "how large"),
    "courses.status": ("mandatory", "compulsory", "obligatory", "elective", "optional", "required"),
    "courses.timing": ("when", "which year", "what year", "period", "semester", "term", "autumn", "spring"),
    "courses.details": ("about", "content", "covers", "cover"),
}


def topic_of(question: Question) -> str:
    """Returns the topic that a question is about: its own, or that of the subject that it names."""
    for subject in _SUBJECTS:
        if _is_one_of(question.topic, subject.claims) and match(subject.words, question.words):
            return subject.topic
    names_a_course = question.has("course") or (question.has("subject_field") and match(_COURSE_WORDS, question.words))
    if names_a_course and _is_one_of(question.topic, _NOT_ABOUT_COURSES):
        return "courses.details"
    if question.has("course") and question.topic in ("courses.list", *_FACETS):
        return next((topic for topic, words in _FACETS.items() if match(words, question.words)), question.topic)
    return question.topic


def _is_one_of(topic: str, topics_and_areas: tuple[str, ...]) -> bool:
    return topic in topics_and_areas or topic.split(".")[0] in topics_and_areas
