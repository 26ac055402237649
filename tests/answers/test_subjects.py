"""A general question is about the subject that its words name."""

from __future__ import annotations

import pytest

from programme_chatbot.answers import Context, Mention, Question
from programme_chatbot.answers.subjects import topic_of

CODES = {"DD2421", "DD2434"}


@pytest.mark.parametrize(
    ("topic", "words", "expected"),
    [
        ("deadlines.opening", "when does the housing application open", "living.accommodation"),
        ("deadlines.last_day", "when is the exchange deadline", "exchange.semester"),
        ("admission.documents", "documents for the residence permit", "living.residence_permit"),
        ("admission.selection", "how many get a scholarship", "fees.scholarships"),
        ("deadlines.last_day", "when is the deadline", "deadlines.last_day"),
        ("careers.roles", "housing", "careers.roles"),
    ],
)
def test_a_general_question_goes_to_the_named_subject(topic: str, words: str, expected: str) -> None:
    assert topic_of(Question(topic, words=words), CODES) == expected


def test_a_named_course_is_what_a_general_question_is_about() -> None:
    question = Question("programme.overview", (Mention("course", "SF2930"),), "tell me about regression analysis")
    assert topic_of(question, CODES) == "courses.details"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("when is it taught", "courses.timing"),
        ("how many credits is it", "courses.credits"),
        ("is it mandatory", "courses.status"),
        ("tell me", "courses.details"),
    ],
)
def test_the_words_tell_what_is_asked_of_a_named_course(words: str, expected: str) -> None:
    assert topic_of(Question("courses.details", (Mention("course", "DD2434"),), words), CODES) == expected


def test_a_field_alone_does_not_make_it_a_question_about_courses() -> None:
    question = Question("programme.overview", (Mention("subject_field", "robotics"),), "is it good for robotics")
    assert topic_of(question, CODES) == "programme.overview"


@pytest.mark.parametrize(
    ("topic", "words", "expected"),
    [
        ("programme.length", "and how many credits ?", "courses.credits"),
        ("courses.mandatory", "is it mandatory ?", "courses.status"),
        ("programme.academic_year", "in which period", "courses.timing"),
        ("programme.overview", "what is it about", "courses.details"),
        ("courses.mandatory", "which courses are mandatory", "courses.mandatory"),
        ("programme.length", "how many credits has the programme", "programme.length"),
        ("fees.tuition", "how much is it", "fees.tuition"),
    ],
)
def test_a_short_question_goes_on_with_the_course_that_was_talked_about(topic: str, words: str, expected: str) -> None:
    context = Context(topic="courses.details", items=("DD2434",))
    assert topic_of(Question(topic, words=words, context=context), CODES) == expected


def test_after_a_long_list_of_courses_a_short_question_is_not_about_all_of_them() -> None:
    context = Context(topic="courses.details", items=("DD2434", "DD2421", "DD2434", "DD2421"))
    assert (
        topic_of(Question("programme.length", words="how many credits", context=context), CODES) == "programme.length"
    )


@pytest.mark.parametrize(
    ("before", "topic", "words", "expected"),
    [
        ("deadlines.last_day", "admission.documents", "and the papers ?", "deadlines.documents"),
        ("deadlines.results", "fees.application_fee", "and the fee ?", "deadlines.documents"),
        ("deadlines.documents", "admission.results", "and the decision ?", "deadlines.results"),
        ("deadlines.last_day", "admission.documents", "which papers do i need", "admission.documents"),
        ("fees.application_fee", "deadlines.last_day", "until when ?", "deadlines.documents"),
        ("fees.application_fee", "deadlines.last_day", "until when can i apply ?", "deadlines.last_day"),
        ("careers.roles", "admission.documents", "and the papers ?", "admission.documents"),
    ],
)
def test_after_a_date_a_short_question_asks_for_another_date(
    before: str, topic: str, words: str, expected: str
) -> None:
    assert topic_of(Question(topic, words=words, context=Context(topic=before)), CODES) == expected


@pytest.mark.parametrize(
    ("topic", "before", "expected"),
    [
        ("out_of_scope.own_case", "", "courses.details"),
        ("courses.details", "courses.timing", "courses.timing"),
        ("courses.details", "fees.tuition", "courses.details"),
    ],
)
def test_hardly_more_than_a_course_name_asks_what_was_asked_before(topic: str, before: str, expected: str) -> None:
    question = Question(topic, (Mention("course", "DD2434"),), "and dd2434 ?", context=Context(before))
    assert topic_of(question, CODES) == expected


def test_a_last_day_after_the_application_fee_is_that_of_the_documents() -> None:
    question = Question(
        "deadlines.last_day", words="last date for the application fee ?", context=Context("fees.application_fee")
    )
    assert topic_of(question, CODES) == "deadlines.documents"


def test_the_subject_that_stands_for_it_does_not_tell_what_is_asked_of_a_course() -> None:
    context = Context("courses.mandatory", ("DD2421", "DD2434"))
    question = Question("courses.mandatory", words="the second one , what the mandatory courses about", context=context)
    assert topic_of(question, CODES) == "courses.details"


def test_a_course_code_outweighs_the_degree_project_before_it() -> None:
    context = Context("degree_project.companies")
    question = Question("degree_project.overview", words="how many credits is id2223 ?", context=context)
    assert topic_of(question, CODES) == "courses.credits"


def test_the_deadline_before_does_not_turn_a_question_on_the_fee_into_one_on_its_date() -> None:
    context = Context("deadlines.last_day")
    words = "how much application fee must i pay the application deadline ?"
    assert topic_of(Question("fees.application_fee", words=words, context=context), CODES) == "fees.application_fee"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("what are my chances for the scholarship ?", "fees.scholarships"),
        ("will you give me the scholarship ?", "out_of_scope.prediction"),
        ("what are my chances ?", "out_of_scope.prediction"),
    ],
)
def test_chances_of_a_scholarship_are_those_of_the_past(words: str, expected: str) -> None:
    assert topic_of(Question("out_of_scope.prediction", words=words), CODES) == expected


def test_a_bare_code_with_the_subject_that_stands_for_it_asks_what_was_asked_before() -> None:
    question = Question(
        "courses.details", (Mention("course", "DD2434"),), "n dd2434 the course ?", context=Context("courses.timing")
    )
    assert topic_of(question, CODES) == "courses.timing"


def test_is_that_one_mandatory_means_the_courses_that_were_just_named() -> None:
    context = Context("sustainability.ethics", ("DD2421", "DD2434"))
    question = Question("courses.mandatory", words="is that one mandatory ?", context=context)
    assert topic_of(question, CODES) == "courses.status"


def test_what_was_talked_about_before_does_not_claim_a_new_subject() -> None:
    context = Context("living.accommodation")
    words = "what about the second round then the accommodation"
    assert topic_of(Question("deadlines.late", words=words, context=context), CODES) == "deadlines.late"
    words = "when does the accommodation open ?"
    assert topic_of(Question("deadlines.opening", words=words, context=context), CODES) == "living.accommodation"
