"""Companies, jobs, countries and industries: for degree projects and after graduation."""

from __future__ import annotations

from programme_chatbot.answers import cards
from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import answer_from_statements, facts_asked_for, facts_to_give, short_facts
from programme_chatbot.knowledge.model import Company, Named

# Where else a company may be named that is not named where it was asked for.
_ELSEWHERE = {"careers.employers": "degree_project.companies", "degree_project.companies": "careers.employers"}


def answer_degree_project(draft: Draft) -> Answer:
    """Answers what the degree project is, its size and its time."""
    project = draft.lookup.degree_project()
    if draft.question.has("company") or draft.question.has("unknown_name"):
        return answer_degree_project_companies(draft)
    if facts_asked_for(draft):
        return answer_from_statements(draft)
    if project:
        draft.say(
            "degree_project.overview",
            code=project.id,
            credits=draft.wording.number(project.credits or 0),
        )
        draft.give(project)
    draft.state(*short_facts(draft))
    return draft.answer("answered")


def answer_degree_project_companies(draft: Draft) -> Answer:
    """Answers at which companies students have done degree projects; yes first for a named one."""
    return _answer_companies(draft, draft.lookup.thesis_companies(), "degree_project.companies")


def answer_employers(draft: Draft) -> Answer:
    """Answers where graduates work; yes first for a named company."""
    return _answer_companies(draft, draft.lookup.employers(), "careers.employers")


def answer_roles(draft: Draft) -> Answer:
    """Answers which jobs graduates have; yes first for a named one."""
    _answer_names(draft, "role", draft.lookup.knowledge.roles)
    if not draft.question.has("role"):
        draft.state(*facts_to_give(draft))
    return draft.answer("answered")


def answer_countries(draft: Draft) -> Answer:
    """Answers in which countries graduates work; yes first for a named one."""
    _answer_names(draft, "country", draft.lookup.knowledge.countries)
    return draft.answer("answered")


def answer_market(draft: Draft) -> Answer:
    """Answers about demand for graduates and the industries that use the field."""
    sectors = draft.lookup.knowledge.sectors
    draft.state(*short_facts(draft))
    draft.say("careers.sectors", sectors=draft.wording.listing([sector.name for sector in sectors]))
    draft.give(*sectors)
    return draft.answer("answered")


def _answer_companies(draft: Draft, listed: tuple[Company, ...], response: str) -> Answer:
    accepted = _companies_of(draft, response)
    named = [draft.lookup.by_id[item] for item in draft.question.ids("company")]
    yes = [company for company in named if company in accepted]
    no = [company for company in named if company not in accepted]
    if yes:
        draft.say(f"{response}.yes", companies=draft.wording.listing([company.name for company in yes]))
        for company in yes:
            draft.use(company)
    if no:
        draft.say(f"{response}.not_named", companies=draft.wording.listing([company.name for company in no]))
    elsewhere = _ELSEWHERE[response]
    known_there = [company for company in no if company in _companies_of(draft, elsewhere)]
    if known_there:
        draft.say(f"{elsewhere}.instead", companies=draft.wording.listing([company.name for company in known_there]))
        for company in known_there:
            draft.use(company)
    if draft.question.has("unknown_name"):
        draft.say("careers.unknown_name_beside" if named else f"{response}.unknown_name")
        if not named:
            no = list(listed)
    if no or not named:
        names = draft.wording.listing([company.name for company in listed])
        draft.say(response, companies=names)
        draft.show(cards.names(draft.wording.say(f"card.{response}"), [company.name for company in listed]))
        draft.give(*listed)
    return draft.answer("unknown" if no and not yes else "answered", topic=response)


def _companies_of(draft: Draft, topic: str) -> list[Company]:
    """Returns the companies that may be confirmed for degree projects or as employers."""
    if topic == "careers.employers":
        return list(draft.lookup.employers())
    goals = draft.lookup.knowledge.sustainability_goals
    places = [draft.lookup.by_id[place] for goal in goals for place in goal.project_places]
    return [*draft.lookup.thesis_companies(), *(place for place in places if isinstance(place, Company))]


def _answer_names(draft: Draft, kind: str, listed: tuple[Named, ...]) -> None:
    """Lists names of a kind, after a yes to those that the question names."""
    named = [draft.lookup.by_id[item].name for item in draft.question.ids(kind)]
    if named:
        draft.say(f"careers.{kind}.yes", names=draft.wording.listing(named))
    names = draft.wording.listing([item.name for item in listed])
    draft.say(f"careers.{kind}.also" if named else f"careers.{kind}", names=names)
    draft.show(cards.names(draft.wording.say(f"card.careers.{kind}"), [item.name for item in listed]))
    draft.give(*listed)
