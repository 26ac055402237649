"""Sustainable development: the goals and the degree projects that belong to them."""

from __future__ import annotations

from programme_chatbot.answers.answer import Answer
from programme_chatbot.answers.draft import Draft
from programme_chatbot.answers.statements import facts_asked_for


def answer_goals(draft: Draft) -> Answer:
    """Answers which of the UN's goals the programme addresses; a named one gets its example."""
    named = draft.question.ids("sustainability_goal")
    if named:
        return answer_projects(draft)
    draft.state(*facts_asked_for(draft))
    goals = draft.lookup.knowledge.sustainability_goals
    lines = [draft.wording.say("sustainability.goal_line", number=goal.number, name=goal.name) for goal in goals]
    draft.say("sustainability.goals")
    draft.add(draft.wording.bullets(lines))
    draft.give(*goals)
    return draft.answer("answered")


def answer_projects(draft: Draft) -> Answer:
    """Answers with examples of degree projects, for the named goals or companies or for all goals."""
    named = set(draft.question.ids("sustainability_goal"))
    places = set(draft.question.ids("company"))
    goals = draft.lookup.knowledge.sustainability_goals
    chosen = [goal for goal in goals if goal.id in named or places & set(goal.project_places)] or list(goals)
    lines = [
        draft.wording.say("sustainability.project_line", number=goal.number, name=goal.name, project=goal.project)
        for goal in chosen
    ]
    draft.say("sustainability.projects")
    draft.add(draft.wording.bullets(lines))
    for goal in chosen:
        draft.give(goal)
        for place in goal.project_places:
            draft.use(draft.lookup.by_id[place])
    return draft.answer("answered")
