"""Which statements of a topic a question gets: the model's ranking and the keywords decide together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from programme_chatbot.answers import Answerer, Context, Question, Wording
from programme_chatbot.knowledge import Knowledge
from tests.conftest import OPEN

SHORT = ("permit_need", "permit_when")


@pytest.fixture
def used(knowledge: Knowledge, wording: Wording) -> Callable[..., tuple[str, ...]]:
    def ask(words: str = "zzz", **statements: float) -> tuple[str, ...]:
        question = Question("living.residence_permit", words=words, statements=tuple(statements.items()))
        return Answerer(knowledge, wording).answer(question, OPEN).used

    return ask


def test_a_question_in_general_gets_the_short_answer(used: Callable[..., tuple[str, ...]]) -> None:
    assert used(general=0.8, permit_speed=0.2) == SHORT


def test_a_question_for_one_statement_gets_that_alone(used: Callable[..., tuple[str, ...]]) -> None:
    assert used(permit_speed=0.8, general=0.2) == ("permit_speed",)


def test_a_question_between_two_statements_gets_both(used: Callable[..., tuple[str, ...]]) -> None:
    assert used(permit_speed=0.42, permit_bank=0.38, general=0.2) == ("permit_speed", "permit_bank")


def test_between_the_topic_and_a_statement_both_are_given(used: Callable[..., tuple[str, ...]]) -> None:
    assert used(general=0.6, permit_speed=0.4) == ("permit_speed", *SHORT)
    assert used(permit_when=0.6, general=0.4) == tuple(reversed(SHORT))


def test_a_keyword_outweighs_a_small_lead(used: Callable[..., tuple[str, ...]], knowledge: Knowledge) -> None:
    keyword = next(fact.keywords[0] for fact in knowledge.facts if fact.id == "permit_bank")
    assert used(keyword, permit_speed=0.5, permit_bank=0.4, general=0.1)[0] == "permit_bank"


def test_without_a_model_the_keywords_decide(used: Callable[..., tuple[str, ...]], knowledge: Knowledge) -> None:
    keyword = next(fact.keywords[0] for fact in knowledge.facts if fact.id == "permit_bank")
    assert used(keyword)[0] == "permit_bank"
    assert used() == SHORT


def test_statements_that_the_file_no_longer_has_are_passed_over(used: Callable[..., tuple[str, ...]]) -> None:
    assert used(gone=0.9, general=0.09, permit_speed=0.01) == SHORT


def test_a_detail_that_no_statement_tells_is_unknown_and_has_a_page(knowledge: Knowledge, wording: Wording) -> None:
    for topic in ("living.residence_permit", "degree_project.companies"):  # with statements, and made of other sections
        question = Question(topic, words="zzz", statements=(("absent", 0.7), ("general", 0.3)))
        answer = Answerer(knowledge, wording).answer(question, OPEN)
        assert (answer.status, answer.used) == ("unknown", ())
        assert answer.sources


def test_a_known_gap_is_admitted_on_any_topic(knowledge: Knowledge, wording: Wording) -> None:
    question = Question(
        "degree_project.companies", words="zzz", statements=(("gap_project_pay", 0.8), ("general", 0.2))
    )
    answer = Answerer(knowledge, wording).answer(question, OPEN)
    assert (answer.status, answer.used) == ("unknown", ("gap_project_pay",))


def test_a_gap_that_is_the_answer_to_its_topic_counts_as_the_topic(knowledge: Knowledge, wording: Wording) -> None:
    question = Question("fees.tuition", words="zzz", statements=(("gap_tuition", 0.8), ("absent", 0.2)))
    assert "gap_tuition" in Answerer(knowledge, wording).answer(question, OPEN).used


def test_of_two_statements_the_one_that_has_been_given_counts_less(knowledge: Knowledge, wording: Wording) -> None:
    context = Context("living.residence_permit", said=("permit_speed",))
    shares = (("permit_speed", 0.5), ("permit_bank", 0.4), ("general", 0.1))
    question = Question("living.residence_permit", words="zzz", statements=shares, context=context)
    assert Answerer(knowledge, wording).answer(question, OPEN).used[0] == "permit_bank"


def test_statements_ranked_for_another_topic_do_not_count(knowledge: Knowledge, wording: Wording) -> None:
    words = "when does the application for housing open ?"
    question = Question("deadlines.opening", words=words, statements=(("absent", 1.0),))
    assert Answerer(knowledge, wording).answer(question, OPEN).topic == "living.accommodation"


def test_a_reply_to_a_question_for_one_fact_stays_under_60_words(knowledge: Knowledge, wording: Wording) -> None:
    answerer = Answerer(knowledge, wording)
    for fact in knowledge.facts:
        question = Question(fact.topic, words="zzz", statements=((fact.id, 0.9), ("general", 0.1)))
        answer = answerer.answer(question, OPEN)
        is_more = answer.status == "unknown" or any(line.startswith("•") for line in answer.lines)
        assert is_more or len(" ".join(answer.lines).split()) < 60, answer.text
