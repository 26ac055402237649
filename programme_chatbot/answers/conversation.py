"""What is not a question about the programme: greetings, help, limits, and what follows an earlier reply."""

from __future__ import annotations

from programme_chatbot.answers import courses
from programme_chatbot.answers.answer import Answer, Button
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import MAX_FACTS
from programme_chatbot.knowledge.topics import BY_ID

MAX_BUTTONS = 3
SUGGESTIONS = ("deadlines.last_day", "courses.mandatory", "careers.roles")
_TRIES_BEFORE_CONTACT = 2
_SOMETHING_ELSE = "dialogue.no"


def answer_social(draft: Draft) -> Answer:
    """Answers small talk; greetings and help come with suggestions."""
    topic = draft.question.topic
    programme = draft.lookup.knowledge.programme
    values = {"name": programme.name, "university": programme.university}
    draft.say(topic, **(values if topic in ("social.greet", "social.help", "social.identity") else {}))
    suggest = topic in ("social.greet", "social.help")
    return draft.answer("social", buttons=_suggestions(draft) if suggest else ())


def answer_out_of_scope(draft: Draft) -> Answer:
    """Says that it is not something to answer here, what is, and where to look if there is a place."""
    draft.say(draft.question.topic, name=draft.lookup.knowledge.programme.name)
    if draft.question.topic == "out_of_scope.own_case":
        draft.look_at(draft.lookup.knowledge.programme.admissions)
    if draft.question.topic == "out_of_scope.prediction":
        draft.look_at(draft.lookup.knowledge.programme.page)
    return draft.answer("out_of_scope")


def answer_more(draft: Draft) -> Answer:
    """Gives the further statements of the topic that was last answered."""
    last = draft.question.context.topic
    if last not in BY_ID or not BY_ID[last].is_question:
        draft.say("dialogue.more.nothing_before")
        return draft.answer("clarify", buttons=_suggestions(draft))
    if 0 < len(courses.listed_before(draft)) <= courses.MAX_COURSES and BY_ID[last].area == "courses":
        return courses.answer_details(draft)
    details = [fact for fact in draft.lookup.facts(last) if fact.detail]
    shown = [fact for fact in details if fact.id not in draft.question.context.said][:MAX_FACTS]
    if not shown:
        draft.say("dialogue.more.no_more")
        draft.look_at(draft.lookup.knowledge.programme.page)
        return draft.answer("unknown", topic=last)
    draft.state(*shown)
    return draft.answer("answered", topic=last)


def answer_sure(draft: Draft) -> Answer:
    """Answers a doubt about the last reply: its sources, and when they were checked."""
    last = draft.question.context.topic
    entries = [draft.lookup.entry(name) for name in draft.question.context.said]
    sources = [draft.lookup.sources[entry.source] for entry in entries if entry is not None]
    if last not in BY_ID or not sources:
        draft.say("dialogue.sure.nothing_before")
        return draft.answer("clarify")
    draft.say("dialogue.sure", date=draft.wording.date(min(source.checked for source in sources)))
    draft.look_at(*(source.id for source in sources))
    return draft.answer("answered", topic="dialogue.sure")


def answer_yes(draft: Draft) -> Answer:
    """Answers a yes: asks what to tell."""
    draft.say("dialogue.yes")
    return draft.answer("social", buttons=_suggestions(draft))


def answer_no(draft: Draft) -> Answer:
    """Answers a no, or "something else": asks for other words, and offers the contact after two tries."""
    if draft.question.context.unclear_turns >= _TRIES_BEFORE_CONTACT:
        return _offer_contact(draft)
    draft.say("dialogue.no")
    return draft.answer("clarify")


def answer_unclear(draft: Draft) -> Answer:
    """Asks back: the two likeliest readings as buttons, or the contact after two failed tries."""
    if draft.question.context.unclear_turns >= _TRIES_BEFORE_CONTACT:
        return _offer_contact(draft)
    readings = [topic for topic in draft.question.alternatives if BY_ID[topic].is_question][: MAX_BUTTONS - 1]
    if not readings:
        draft.say("dialogue.unclear", name=draft.lookup.knowledge.programme.name)
        return draft.answer("clarify", buttons=_suggestions(draft))
    titles = [draft.wording.say(f"title.{topic}") for topic in readings]
    draft.say("dialogue.unclear.did_you_mean", readings=draft.wording.alternatives(titles))
    buttons = (*(draft.button(topic) for topic in readings), _something_else(draft))
    return draft.answer("clarify", buttons=buttons)


def _offer_contact(draft: Draft) -> Answer:
    draft.say("dialogue.contact")
    draft.state(*draft.lookup.short_facts("contact.general")[:1])
    draft.look_at(draft.lookup.knowledge.programme.page)
    return draft.answer("unknown")


def _suggestions(draft: Draft) -> tuple[Button, ...]:
    return tuple(draft.button(topic) for topic in SUGGESTIONS)


def _something_else(draft: Draft) -> Button:
    return draft.button(_SOMETHING_ELSE)
