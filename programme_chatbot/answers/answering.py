"""Which function answers which topic."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

from programme_chatbot.answers import (
    careers,
    conversation,
    courses,
    deadlines,
    programme,
    sustainability,
)
from programme_chatbot.answers.answer import Answer, Mention, Question
from programme_chatbot.answers.draft import Draft, join
from programme_chatbot.answers.statements import admit_gap, admit_unknown_detail, answer_from_statements
from programme_chatbot.answers.subjects import topic_of
from programme_chatbot.answers.wording import Wording
from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.lookup import Lookup
from programme_chatbot.knowledge.topics import (
    BY_ID,
    DIALOGUE_AREA,
    OUT_OF_SCOPE_AREA,
    SOCIAL_AREA,
    TOPICS_WITHOUT_GAPS,
)

NOTICE_TOPIC = "social.notice"
_UNKNOWN_KINDS = {"course": "unknown_course", "company": "unknown_name"}

# Topics that are not here are answered by the statements of the knowledge file.
_ANSWERS: dict[str, Callable[[Draft], Answer]] = {
    "programme.overview": programme.answer_overview,
    "programme.length": programme.answer_length,
    "programme.language": programme.answer_language,
    "programme.degree": programme.answer_degree,
    "programme.location": programme.answer_location,
    "programme.start": programme.answer_start,
    "programme.academic_year": programme.answer_academic_year,
    "programme.why": programme.answer_why,
    "programme.services": programme.answer_services,
    "deadlines.all": deadlines.answer_all_dates,
    "deadlines.opening": deadlines.answer_milestone,
    "deadlines.last_day": deadlines.answer_milestone,
    "deadlines.documents": deadlines.answer_milestone,
    "deadlines.results": deadlines.answer_milestone,
    "deadlines.open_now": deadlines.answer_open_now,
    "deadlines.next_round": deadlines.answer_next_round,
    "courses.list": courses.answer_course_list,
    "courses.mandatory": courses.answer_mandatory,
    "courses.electives": courses.answer_electives,
    "courses.areas": courses.answer_areas,
    "courses.details": courses.answer_details,
    "courses.credits": courses.answer_credits,
    "courses.status": courses.answer_status,
    "courses.timing": courses.answer_timing,
    "courses.rules": courses.answer_rules,
    "degree_project.overview": careers.answer_degree_project,
    "degree_project.companies": careers.answer_degree_project_companies,
    "careers.roles": careers.answer_roles,
    "careers.employers": careers.answer_employers,
    "careers.countries": careers.answer_countries,
    "careers.market": careers.answer_market,
    "sustainability.goals": sustainability.answer_goals,
    "sustainability.projects": sustainability.answer_projects,
    "living.local_language": programme.answer_local_language,
    "dialogue.yes": conversation.answer_yes,
    "dialogue.no": conversation.answer_no,
    "dialogue.more": conversation.answer_more,
    "dialogue.sure": conversation.answer_sure,
    "dialogue.unclear": conversation.answer_unclear,
}
# Topics whose functions tell by themselves what is not known of a course or of a round.
_TELL_THEIR_GAPS = TOPICS_WITHOUT_GAPS | {
    *("deadlines.next_round", "courses.list", "courses.electives", "courses.details", "courses.timing"),
    "programme.academic_year",
}
_ON_A_COURSE = ("courses.details", "courses.timing")
_ANSWERS_OF_AREA: dict[str, Callable[[Draft], Answer]] = {
    SOCIAL_AREA: conversation.answer_social,
    OUT_OF_SCOPE_AREA: conversation.answer_out_of_scope,
}


class Answerer:
    """Answers questions from one knowledge file.

    Args:
        knowledge: the knowledge.
        wording: the wording of replies.
    """

    def __init__(self, knowledge: Knowledge, wording: Wording) -> None:
        self._lookup = Lookup(knowledge)
        self._wording = wording
        self._course_codes = frozenset(course.id for course in knowledge.courses)

    def answer(self, question: Question, today: datetime.date) -> Answer:
        """Answers a question.

        Args:
            question: the question; its topic is one of `programme_chatbot.knowledge.topics`.
            today: today's date.

        Returns:
            The answer, with the pages that it rests on.
        """
        answer = self._answer(question, today)
        if question.otherwise and not _tells_something(answer, question):
            other = self._answer(question.otherwise, today)
            if _tells_something(other, question):
                return other
        return answer

    def _answer(self, question: Question, today: datetime.date) -> Answer:
        question = self._known(question)
        topic = BY_ID[topic_of(question, self._course_codes)]
        if topic.id != question.topic:  # the statements were ranked for another topic
            question = replace(question, topic=topic.id, statements=())
        draft = Draft(question, self._lookup, self._wording, today)
        if topic.area == DIALOGUE_AREA and courses.course_by_ordinal(draft):
            return courses.answer_details(draft)  # "the second one" alone
        function = _ANSWERS.get(topic.id) or _ANSWERS_OF_AREA.get(topic.area)
        if function is None:
            return answer_from_statements(draft)
        if topic.id in _TELL_THEIR_GAPS or not topic.is_question:
            return function(draft)
        names_something = any(mention.id for mention in question.mentions)
        unknown = None if names_something else admit_unknown_detail(draft)
        return unknown or admit_gap(draft) or function(draft)

    def joined(self, first: Answer, second: Answer) -> Answer | None:
        """Returns two answers of one reply as one if they are on the same topic, so that its sources come once.

        Answers of different statuses, and two that each have a card, stay apart.
        """
        is_same = (first.topic, first.status) == (second.topic, second.status)
        if not is_same or first.status not in ("answered", "unknown") or (first.card and second.card):
            return None
        return join(self._wording, first, second)

    def notice(self, today: datetime.date) -> Answer:
        """Returns the notice that begins every conversation: this is an automated assistant (EU AI Act, article 50)."""
        draft = Draft(Question("social.greet"), self._lookup, self._wording, today)
        draft.say("notice", name=self._lookup.knowledge.programme.name)
        return draft.answer("social", topic=NOTICE_TOPIC)

    def _known(self, question: Question) -> Question:
        """Returns a question without ids that the knowledge file no longer has, which a model or a context may hold."""
        known = self._lookup.by_id
        mentions = [
            mention if not mention.id or mention.id in known else Mention(_UNKNOWN_KINDS.get(mention.kind, ""), "")
            for mention in question.mentions
        ]
        return replace(question, mentions=tuple(mention for mention in mentions if mention.kind))


def _tells_something(answer: Answer, question: Question) -> bool:
    """Tells whether an answer says what has not been said, and not only that it lacks the name of a course."""
    context = question.context
    is_said = answer.topic == context.topic and set(answer.used) <= set(context.said)
    is_repetition = answer.status == "answered" and bool(answer.used) and is_said
    lacks_a_name = answer.topic in _ON_A_COURSE and answer.status in ("clarify", "unknown") and not question.mentions
    return not is_repetition and not lacks_a_name
