"""Every topic has an answer that keeps the reply contract."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from programme_chatbot.answers import Answerer, Context, Question, Wording
from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.topics import TOPICS, Topic
from tests.conftest import OPEN, OVER, Asker

QUESTIONS = [topic for topic in TOPICS if topic.is_question]


@pytest.mark.parametrize("today", [OPEN, OVER], ids=["open", "over"])
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_every_topic_keeps_the_reply_contract(ask: Asker, topic: Topic, today: object) -> None:
    answer = ask(topic.id, today=today)  # type: ignore[arg-type]
    assert answer.text
    assert answer.status in ("answered", "clarify", "unknown", "out_of_scope", "social")
    if answer.status in ("answered", "unknown"):
        assert answer.sources
    for _, url in answer.sources:
        assert url in answer.text
    assert len(answer.buttons) <= 3
    assert all(len(button.payload.encode()) <= 64 for button in answer.buttons)
    assert not re.search(r"[{}]|None", answer.text)


@pytest.mark.parametrize("topic", QUESTIONS, ids=lambda topic: topic.id)
def test_every_question_has_a_title_short_enough_for_a_button(wording: Wording, topic: Topic) -> None:
    assert 0 < len(wording.say(f"title.{topic.id}")) <= 20


def test_a_named_thesis_company_gets_a_yes(ask: Asker) -> None:
    answer = ask("degree_project.companies", "", ("company", "spotify"))
    assert answer.text.startswith("Yes")
    assert "Spotify" in answer.text


def test_a_company_that_is_not_named_gets_no_no(ask: Asker) -> None:
    answer = ask("degree_project.companies", "thesis at volvo", ("unknown_name", ""))
    assert answer.status == "unknown"
    assert "does not mean no" in answer.text


def test_an_employer_is_not_taken_for_a_thesis_company(ask: Asker) -> None:
    answer = ask("degree_project.companies", "", ("company", "google"))
    assert answer.status == "unknown"
    assert answer.text.startswith("I can't say for Google")
    assert "It does name Google as an employer of graduates." in answer.text
    assert "can't say for Google" in answer.text


def test_the_tuition_of_this_programme_is_not_known_and_the_general_figure_is_called_so(ask: Asker) -> None:
    answer = ask("fees.tuition")
    assert answer.status == "unknown"
    assert answer.text.startswith("I don't know the tuition fee for this programme")
    assert "general figure" in answer.text
    assert "Look here" in answer.text


def test_the_director_is_not_known(ask: Asker) -> None:
    answer = ask("contact.staff")
    assert answer.status == "unknown"
    assert answer.sources


def test_a_keyword_focuses_the_answer(ask: Asker) -> None:
    answer = ask("admission.english", "is toefl itp accepted")
    assert "ITP" in answer.text
    assert "General Training" not in answer.text


def test_a_keyword_of_a_gap_is_answered_with_the_gap(ask: Asker) -> None:
    answer = ask("admission.english", "do you take duolingo")
    assert answer.status == "unknown"
    assert "other English tests" in answer.text


def test_past_calls_are_told_with_their_year_and_the_coming_one_is_unknown(ask: Asker) -> None:
    answer = ask("fees.scholarships", "when is the scholarship deadline")
    assert answer.status == "unknown"
    assert "2024" in answer.text
    assert "coming round" in answer.text


def test_tell_me_more_gives_what_has_not_been_said(ask: Asker) -> None:
    said: tuple[str, ...] = ask("living.accommodation", "are pets allowed").used
    for _ in range(3):
        more = ask("dialogue.more", "tell me more", context=Context("living.accommodation", said=said))
        assert more.topic == "living.accommodation"
        assert not set(said) & set(more.used)
        said += more.used


def test_tell_me_more_at_the_beginning_asks_about_what(ask: Asker) -> None:
    assert ask("dialogue.more").status == "clarify"


def test_an_unclear_message_is_asked_back_with_two_readings_and_something_else(ask: Asker) -> None:
    answer = ask("dialogue.unclear", alternatives=("fees.tuition", "fees.payment", "living.costs"))
    assert [button.payload for button in answer.buttons] == [
        "topic:fees.tuition",
        "topic:fees.payment",
        "topic:dialogue.no",
    ]


def test_after_two_failed_tries_the_contact_is_offered(ask: Asker) -> None:
    answer = ask("dialogue.unclear", context=Context(unclear_turns=2))
    assert "info@kth.se" in answer.text


@pytest.mark.parametrize("topic", [topic.id for topic in TOPICS if topic.area == "out_of_scope"])
def test_what_is_out_of_scope_gets_no_fact(ask: Asker, topic: str) -> None:
    answer = ask(topic)
    assert answer.status == "out_of_scope"
    assert not answer.used
    assert not re.search(r"\d", answer.text)


# A model, a button or a conversation from before the knowledge file was edited may hold names that it no longer has.
GONE = [("course", "DD0000"), ("company", "gone"), ("subject_field", "gone"), ("role", "gone"), ("milestone", "gone")]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_names_that_are_no_longer_in_the_knowledge_file_break_nothing(ask: Asker, topic: Topic) -> None:
    context = Context(topic=topic.id, items=("DD0000", "gone"), said=("gone",))
    assert ask(topic.id, "the second one", *GONE, context=context).text
    for name in GONE:
        assert ask(topic.id, "", name).text


def test_a_course_that_is_no_longer_in_the_knowledge_file_is_unknown(ask: Asker) -> None:
    assert ask("courses.details", "", GONE[0]).text == ask("courses.details", "", ("unknown_course", "")).text


def test_instead_of_saying_the_same_again_the_next_likely_question_is_answered(
    knowledge: Knowledge, wording: Wording
) -> None:
    answerer = Answerer(knowledge, wording)
    said = answerer.answer(Question("programme.length"), OPEN).used
    question = Question("programme.length", otherwise=Question("programme.language"))
    assert answerer.answer(question.after(Context()), OPEN).topic == "programme.length"
    assert answerer.answer(question.after(Context("programme.length", said=said)), OPEN).topic == "programme.language"


def test_a_time_without_a_course_asks_which_one_unless_something_else_is_likely(
    knowledge: Knowledge, wording: Wording
) -> None:
    answerer = Answerer(knowledge, wording)
    question = Question("courses.timing", words="when is it ?")
    assert answerer.answer(question, OPEN).status == "clarify"
    other = replace(question, otherwise=Question("programme.start"))
    assert answerer.answer(other, OPEN).topic == "programme.start"


def test_the_start_of_studies_tells_the_first_day_of_teaching(ask: Asker) -> None:
    assert "begins on 24 August 2026" in ask("programme.start", today=OPEN).text
    assert "began on 24 August 2026" in ask("programme.start", today=OVER).text


def test_an_unknown_company_beside_a_known_one_is_not_passed_over(ask: Asker) -> None:
    answer = ask("careers.employers", "google or klarna ?", ("company", "google"), ("unknown_name", ""))
    assert answer.text.startswith("Yes, graduates work at Google")
    assert "can't say for the other name" in answer.text
