"""Companies, jobs, countries and industries: for degree projects and after graduation."""

from __future__ import annotations

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import answer_from_statements, facts_asked_for
from programme_chatbot.knowledge.model import Company


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
            semester=draft.lookup.knowledge.programme.length.semesters,
        )
        draft.use(project)
        draft.list_items(project.id)
    draft.state(*[fact for fact in draft.lookup.facts(draft.question.topic) if not fact.detail])
    return draft.answer("answered")


def answer_degree_project_abroad(draft: Draft) -> Answer:
    """Answers whether the degree project can be done abroad."""
    draft.say("degree_project.abroad")
    draft.use(draft.lookup.by_id["project_last_term"])
    for gap in draft.lookup.gaps(draft.question.topic):
        draft.admit(gap)
    return draft.answer("answered")


def answer_degree_project_companies(draft: Draft) -> Answer:
    """Answers at which companies students have done degree projects; yes first for a named one."""
    companies = draft.lookup.thesis_companies()
    hosts = [place for goal in draft.lookup.knowledge.sustainability_goals for place in goal.project_places]
    hosting = [
        *companies,
        *(draft.lookup.by_id[place] for place in hosts if place not in {c.id for c in companies}),
    ]
    return _answer_companies(draft, companies, hosting, "degree_project.companies")


def answer_employers(draft: Draft) -> Answer:
    """Answers where graduates work; yes first for a named company."""
    return _answer_companies(draft, draft.lookup.employers(), list(draft.lookup.employers()), "careers.employers")


def answer_roles(draft: Draft) -> Answer:
    """Answers which jobs graduates have; yes first for a named one."""
    roles = draft.lookup.knowledge.roles
    named = draft.question.ids("role")
    _say_yes_to(draft, "role")
    names = draft.wording.listing([role.name for role in roles])
    draft.say("careers.roles.also" if named else "careers.roles", roles=names)
    for role in roles:
        draft.use(role)
    draft.list_items(*(role.id for role in roles))
    if not named:
        draft.state(*(facts_asked_for(draft) or draft.lookup.facts(draft.question.topic))[:1])
    return draft.answer("answered")


def answer_countries(draft: Draft) -> Answer:
    """Answers in which countries graduates work; yes first for a named one."""
    countries = draft.lookup.knowledge.countries
    named = draft.question.ids("country")
    _say_yes_to(draft, "country")
    names = draft.wording.listing([country.name for country in countries])
    draft.say("careers.countries.also" if named else "careers.countries", countries=names)
    for country in countries:
        draft.use(country)
    draft.list_items(*(country.id for country in countries))
    return draft.answer("answered")


def answer_market(draft: Draft) -> Answer:
    """Answers about demand for graduates and the industries that use the field."""
    facts = draft.lookup.facts(draft.question.topic)
    sectors = draft.lookup.knowledge.sectors
    draft.state(*facts)
    draft.say("careers.sectors", sectors=draft.wording.listing([sector.name for sector in sectors]))
    for sector in sectors:
        draft.use(sector)
    draft.list_items(*(sector.id for sector in sectors))
    return draft.answer("answered")


def _answer_companies(draft: Draft, listed: tuple[Company, ...], accepted: list[Company], response: str) -> Answer:
    named = [draft.lookup.by_id[item] for item in draft.question.ids("company")]
    yes = [company for company in named if company in accepted]
    no = [company for company in named if company not in accepted]
    if yes:
        draft.say(f"{response}.yes", companies=draft.wording.listing([company.name for company in yes]))
        for company in yes:
            draft.use(company)
    if no:
        draft.say(f"{response}.not_named", companies=draft.wording.listing([company.name for company in no]))
    if not named and draft.question.has("unknown_name"):
        draft.say(f"{response}.unknown_name")
        no = list(listed)
    if no or not named:
        names = draft.wording.listing([company.name for company in listed])
        draft.say(response, companies=names)
        for company in listed:
            draft.use(company)
        draft.list_items(*(company.id for company in listed))
    return draft.answer("unknown" if no and not yes else "answered", topic=response)


def _say_yes_to(draft: Draft, kind: str) -> None:
    named = [draft.lookup.by_id[item].name for item in draft.question.ids(kind)]
    if named:
        draft.say(f"careers.{kind}.yes", names=draft.wording.listing(named))
