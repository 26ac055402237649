"""Courses are found by name, field and what was just talked about."""

from __future__ import annotations

import pytest

from programme_chatbot.answers import Context
from tests.conftest import Asker


def test_the_mandatory_courses_come_with_code_credits_and_year(ask: Asker) -> None:
    answer = ask("courses.mandatory")
    for code in ("DD1420", "DD2380", "DA2205", "DD2301", "DD2434", "DA233X"):
        assert code in answer.text
    assert "7.5 credits, year 1" in answer.text
    assert answer.items[1] == "DD2380"


def test_a_mandatory_course_is_confirmed_with_yes(ask: Asker) -> None:
    assert ask("courses.status", "is it mandatory", ("course", "DD2380")).text.startswith("Yes")


def test_how_a_course_belongs_to_the_programme_is_told_without_yes_or_no(ask: Asker) -> None:
    text = ask("courses.status", "is reinforcement learning offered", ("course", "EL2805")).text
    assert not text.startswith(("Yes", "No"))
    assert "not confirmed" in text


def test_an_ordinal_alone_means_that_course(ask: Asker) -> None:
    listed = ask("courses.mandatory").items
    assert ask("dialogue.yes", "the second one", context=Context("courses.mandatory", listed)).items == ("DD2380",)


def test_an_unconfirmed_course_is_never_said_to_count(ask: Asker) -> None:
    answer = ask("courses.status", "is it mandatory", ("course", "EL2805"))
    assert answer.text.startswith("No")
    assert "not confirmed" in answer.text


def test_a_course_without_known_credits_gets_an_honest_answer(ask: Asker) -> None:
    answer = ask("courses.credits", "", ("course", "DD2257"))
    assert answer.status == "unknown"
    assert "don't know" in answer.text


@pytest.mark.parametrize(
    ("words", "code"), [("the second one", "DD2380"), ("the first", "DD1420"), ("the last", "DA233X")]
)
def test_an_ordinal_means_the_course_at_that_place_of_the_last_list(ask: Asker, words: str, code: str) -> None:
    listed = ask("courses.mandatory").items
    answer = ask("courses.credits", words, context=Context("courses.mandatory", listed))
    assert code in answer.text


@pytest.mark.parametrize("words", ["which of them are in the second year", "second thoughts", "the first semester"])
def test_an_ordinal_of_something_else_means_no_course(ask: Asker, words: str) -> None:
    listed = ask("courses.mandatory").items
    answer = ask("dialogue.unclear", words, context=Context("courses.mandatory", listed))
    assert answer.status == "clarify"


def test_a_pronoun_means_the_only_course_just_talked_about(ask: Asker) -> None:
    answer = ask("courses.credits", "how many credits is it", context=Context("courses.details", ("DD2434",)))
    assert "DD2434" in answer.text


def test_an_unknown_course_gets_the_known_ones_and_the_page(ask: Asker) -> None:
    answer = ask("courses.details", "", ("unknown_course", ""))
    assert answer.status == "unknown"
    assert "don't know that course" in answer.text
    assert answer.sources


def test_a_field_gets_its_courses_and_what_is_not_confirmed(ask: Asker) -> None:
    answer = ask("courses.details", "anything on robotics ?", ("subject_field", "robotics"))
    assert answer.text.startswith("Yes")
    assert "DD2411" in answer.text
    assert "not confirmed" in answer.text


def test_a_name_that_is_a_course_and_a_field_means_the_course_when_its_content_is_asked(ask: Asker) -> None:
    names = (("course", "DD2380"), ("subject_field", "artificial_intelligence"))
    assert "DD2380" in ask("courses.details", "what is artificial intelligence about", *names).text.split(".")[0]


def test_the_graduation_rules_name_both_groups(ask: Asker) -> None:
    text = ask("courses.rules").text
    for part in ("90 credits", "at least 6", "Application Domain", "Theory", "at least 2", "autumn 2025"):
        assert part in text


def test_electives_are_up_to_thirty_credits(ask: Asker) -> None:
    assert "30 ECTS" in ask("courses.electives").text


@pytest.mark.parametrize(
    ("words", "code"),
    [("the advanced one", "DD2434"), ("the methodology one", "DA2205"), ("the foundations", "DD1420")],
)
def test_a_word_of_its_name_tells_a_listed_course_from_the_others(ask: Asker, words: str, code: str) -> None:
    listed = ask("courses.mandatory").items
    answer = ask("courses.details", words, context=Context("courses.mandatory", listed))
    assert answer.items == (code,)


def test_a_word_that_several_listed_courses_share_tells_nothing(ask: Asker) -> None:
    listed = ask("courses.mandatory").items
    answer = ask("courses.credits", "the learning one", context=Context("courses.mandatory", listed))
    assert len(answer.items) != 1


@pytest.mark.parametrize("words", ["and the advanced one", "and the advanced the course"])
def test_a_mandatory_course_is_known_by_a_word_of_its_name_after_another_one(ask: Asker, words: str) -> None:
    answer = ask("courses.details", words, context=Context("courses.credits", ("DD2380",)))
    assert answer.items == ("DD2434",)


def test_courses_that_a_statement_names_can_be_followed_up(ask: Asker) -> None:
    assert ask("sustainability.ethics", "ethics").items[:2] == ("DD2301", "DD2380")


def test_which_courses_a_period_has_is_told_as_far_as_it_is_known(ask: Asker) -> None:
    answer = ask("courses.timing", "which courses are given in period 1 ?")
    assert answer.status == "answered"
    assert "DD2601" in answer.text
    assert "DD2434" not in answer.text  # period 2
    after_a_course = Context("courses.details", items=("DD2434",))
    assert ask("courses.timing", "which courses are given in period 1 ?", context=after_a_course).text == answer.text


def test_when_a_period_begins_is_not_a_question_on_a_course(ask: Asker) -> None:
    answer = ask("courses.timing", "when does period 1 start ?")
    assert answer.topic == "programme.academic_year"
    assert "24 August 2026" in answer.text


@pytest.mark.parametrize(
    "words", ["anything on causality ?", "what about quantum computing ?", "and do you have one ?"]
)
def test_another_subject_after_a_course_is_not_answered_with_that_course(ask: Asker, words: str) -> None:
    answer = ask("courses.details", words, context=Context("courses.details", items=("DD2434",)))
    assert answer.status == "unknown"
    assert "DD2434" not in answer.text


def test_a_yes_is_said_only_to_whether_there_are_courses_in_a_field(ask: Asker) -> None:
    field = ("subject_field", "robotics")
    assert ask("courses.details", "is there anything on robotics ?", field).text.startswith("Yes")
    assert not ask("courses.details", "do i need to know robotics before ?", field).text.startswith("Yes")
