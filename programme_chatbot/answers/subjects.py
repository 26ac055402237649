"""What a question is about, when its words say so more clearly than its form.

"When does the application open?" asks for a date of the admission, "When does the application for housing open?" asks
about housing. A classifier of whole sentences often hears only the first half; the subject's own words settle it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from programme_chatbot.answers.answer import Question
from programme_chatbot.answers.courses import MAX_COURSES, ORDINAL
from programme_chatbot.answers.statements import match
from programme_chatbot.knowledge.topics import ABSENT, BY_ID, GENERAL


@dataclass(frozen=True)
class Subject:
    """A subject that general questions may be about.

    Args:
        topic: the topic that answers them.
        words: words that name the subject.
        claims: topics and areas whose questions are about the subject if they name it.
        beside: words of which one must stand there too; any if empty.
    """

    topic: str
    words: tuple[str, ...]
    claims: tuple[str, ...]
    beside: tuple[str, ...] = ()


_SUBJECTS = (
    Subject("contact.staff", ("coordinator", "coordinates", "director", "in charge", "head of"), ("contact.general",)),
    Subject(
        "contact.general",
        ("contact", "e-mail", "email address", "telephone", "phone number", "phone", "write to", "whom"),
        ("living.accommodation", "fees.tuition", "fees.payment"),
    ),
    Subject(
        "deadlines.documents",
        ("still possible", "still pay", "pay now", "last day", "deadline", "by when", "until when", "latest"),
        ("fees.application_fee", "admission.documents"),
    ),
    Subject(
        "fees.scholarships",
        ("scholarship", "scholarships", "stipend", "fellowship"),
        ("deadlines", "admission.selection", "admission.documents", "admission.how_to_apply", "admission.results"),
    ),
    # How many got one is known, and nearer to an answer than a refusal.
    Subject(
        "fees.scholarships",
        ("scholarship", "scholarships"),
        ("out_of_scope.prediction",),
        beside=("chance", "chances", "odds", "likelihood", "how many", "percentage"),
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
    *("out_of_scope.other_programme", "out_of_scope.other_level"),
)


_MAY_MEAN_A_COURSE = ("courses", "programme", "dialogue.unclear", "out_of_scope.general", "admission.requirements")
_OTHER_THAN_THE_COURSE = (
    "programme",
    "program",
    "master",
    "thesis",
    "degree project",
    "courses",
    "classes",
    "subjects",
)
_UNSURE = 0.4
_CLEARLY = 0.8
_SHORT = 9
_HARDLY_MORE_THAN_A_NAME, _MORE_AFTER_A_COURSE = 3, 2
_CODE = re.compile(r"\b[a-z]{2}\d{3}[\dx]\b")  # of a course
# What is asked of a named course, by the words that ask it.
_FACETS = {
    "courses.credits": ("credits", "credit", "ects", "how big", "how large"),
    "courses.status": ("mandatory", "compulsory", "obligatory", "elective", "optional", "required"),
    "courses.timing": ("when", "which year", "what year", "period", "semester", "term", "autumn", "spring"),
    "courses.details": ("about", "content", "covers", "cover"),
}
_TOLD_OF_A_COURSE = ("courses.credits", "courses.status", "courses.timing")

# What has a date: "and the documents?" after a date asks for theirs, "until when?" after the documents too.
_DATE_OF = {
    "admission.documents": "deadlines.documents",
    "fees.application_fee": "deadlines.documents",
    "admission.results": "deadlines.results",
}
_ASKING = ("what", "which", "how", "who", "where", "why", "need", "pay", "must", "have", "do", "can", "is", "are")


def topic_of(question: Question, course_codes: Collection[str]) -> str:
    """Returns the topic that a question is about: its own, or that of the subject that it names or goes on with.

    Args:
        question: the question.
        course_codes: the codes of all courses.
    """
    settled = _named_subject(question) or _date_in_context(question)
    if settled:
        return settled
    names_a_course = question.has("course") or (question.has("subject_field") and match(_COURSE_WORDS, question.words))
    is_unsure = question.confidence < _UNSURE and not _is_one_of(question.topic, ("courses",))
    if names_a_course and (is_unsure or _is_one_of(question.topic, _NOT_ABOUT_COURSES)):
        return "courses.details"
    if _CODE.search(question.words) and _is_one_of(question.topic, ("degree_project", "programme")):
        return _facet(question) or question.topic
    is_about_a_course = question.has("course") and question.topic not in _TOLD_OF_A_COURSE
    own_words = _own_words(question)
    limit = _HARDLY_MORE_THAN_A_NAME + (_MORE_AFTER_A_COURSE if question.context.topic in _FACETS else 0)
    is_hardly_more = len(re.findall(r"\w+", own_words)) <= limit
    if is_about_a_course and is_hardly_more and not match(_ASKING, own_words):
        before = question.context.topic  # "and DD2424?" asks of it what was asked of another
        return _facet(question) or (before if before in _FACETS else "courses.details")
    if question.has("course") and question.topic in ("courses.list", "courses.grading", "contact.staff", *_FACETS):
        own = question.topic if question.topic in _FACETS else "courses.details"
        return _facet(question) or own
    if _means_a_listed_course(question, course_codes):
        return _facet(question) or "courses.details"
    if _goes_on_with_a_course(question, course_codes):
        return _facet(question) or question.topic
    return question.topic


def _named_subject(question: Question) -> str:
    """Returns the topic of the subject that a question names and that claims it; or nothing."""
    if _asks_for_a_statement(question):
        return ""
    words = _words_without_appended_subject(question)
    for subject in _SUBJECTS:
        is_claimed = _is_one_of(question.topic, subject.claims) and match(subject.words, words)
        if is_claimed and (not subject.beside or match(subject.beside, words)):
            return subject.topic
    return ""


def _asks_for_a_statement(question: Question) -> bool:
    """Tells whether a question clearly asks for one statement of its topic, so that its topic is right."""
    name, share = question.statements[0] if question.statements else (GENERAL, 0.0)
    return name not in (GENERAL, ABSENT) and share >= _CLEARLY


def _date_in_context(question: Question) -> str:
    """Returns the topic of the date that a short question asks for after a date, or after what has one; or nothing."""
    before, words = question.context.topic, question.words
    if len(words.split()) > _SHORT:
        return ""
    if before.startswith("deadlines.") and question.topic in _DATE_OF and not match(_ASKING, words):
        return _DATE_OF[question.topic]
    asks_to_apply = match(("apply", "application"), _own_words(question))
    if question.topic == "deadlines.last_day" and before in _DATE_OF and not asks_to_apply:
        return _DATE_OF[before]
    return ""


def _means_a_listed_course(question: Question, course_codes: Collection[str]) -> bool:
    """Tells whether an ordinal ("the second one") points into a list of courses."""
    items = question.context.items
    in_courses = _is_one_of(question.topic, _MAY_MEAN_A_COURSE)
    return in_courses and ORDINAL.search(question.words) is not None and bool(items) and set(items) <= set(course_codes)


def _goes_on_with_a_course(question: Question, course_codes: Collection[str]) -> bool:
    """Tells whether a short question without a subject of its own follows an answer on one to three courses."""
    items = question.context.items
    return (
        (question.context.topic in _FACETS or question.topic == "courses.mandatory")
        and 0 < len(items) <= MAX_COURSES
        and all(item in course_codes for item in items)
        and not question.mentions
        and _is_one_of(question.topic, _MAY_MEAN_A_COURSE)
        and len(question.words.split()) <= _SHORT
        and not match(_OTHER_THAN_THE_COURSE, question.words)
    )


def _facet(question: Question) -> str:
    return next((topic for topic, words in _FACETS.items() if match(words, _own_words(question))), "")


def _words_without_appended_subject(question: Question) -> str:
    """Returns the words of a question without the subject at their end, which only says what was talked about before.

    In the place of "it" it stays: "what are my chances to get the scholarship".
    """
    before = BY_ID.get(question.context.topic)
    is_date = _is_one_of(question.context.topic, ("deadlines",))
    return _own_words(question) if before and (is_date or question.words.endswith(before.subject)) else question.words


def _own_words(question: Question) -> str:
    """Returns the words of a question without the subject that stands in it for "it"."""
    before = BY_ID.get(question.context.topic)
    return question.words.replace(before.subject, " ") if before and before.subject else question.words


def _is_one_of(topic: str, topics_and_areas: tuple[str, ...]) -> bool:
    return topic in topics_and_areas or topic.split(".")[0] in topics_and_areas
