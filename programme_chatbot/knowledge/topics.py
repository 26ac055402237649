"""The topics: every kind of answer the assistant has, with the intent that asks for it.

A topic id is `area.name`. It is what the reply contract calls `topic`, what facts and gaps in the knowledge file
name, and what a button's payload carries.
"""

from dataclasses import dataclass

SOCIAL_AREA = "social"
OUT_OF_SCOPE_AREA = "out_of_scope"
DIALOGUE_AREA = "dialogue"


@dataclass(frozen=True)
class Topic:
    """One kind of answer.

    Args:
        id: dotted id, `area.name`.
        intent: the intent that asks for it; names stand in data/nlu.yml, their borders in docs/intents.md.
    """

    id: str
    intent: str

    @property
    def area(self) -> str:
        """The part of the id before the dot."""
        return self.id.split(".", 1)[0]

    @property
    def is_question(self) -> bool:
        """Whether the topic is a question about the programme (not small talk, not out of scope)."""
        return self.area not in (SOCIAL_AREA, OUT_OF_SCOPE_AREA, DIALOGUE_AREA)


TOPICS: tuple[Topic, ...] = (
    Topic("programme.overview", "ask_programme_overview"),
    Topic("programme.learning_outcomes", "ask_learning_outcomes"),
    Topic("programme.length", "ask_length_and_credits"),
    Topic("programme.language", "ask_teaching_language"),
    Topic("programme.degree", "ask_degree_title"),
    Topic("programme.location", "ask_location"),
    Topic("programme.start", "ask_start_and_intakes"),
    Topic("programme.academic_year", "ask_academic_year"),
    Topic("programme.why", "ask_why_choose"),
    Topic("programme.format", "ask_study_format"),
    Topic("programme.services", "ask_services"),
    Topic("deadlines.all", "ask_all_dates"),
    Topic("deadlines.opening", "ask_application_opening"),
    Topic("deadlines.last_day", "ask_last_day_to_apply"),
    Topic("deadlines.documents", "ask_document_and_fee_deadline"),
    Topic("deadlines.results", "ask_results_date"),
    Topic("deadlines.open_now", "ask_is_open"),
    Topic("deadlines.next_round", "ask_next_round"),
    Topic("deadlines.late", "ask_late_or_second_round"),
    Topic("courses.list", "ask_course_list"),
    Topic("courses.mandatory", "ask_mandatory_courses"),
    Topic("courses.electives", "ask_elective_courses"),
    Topic("courses.areas", "ask_course_areas"),
    Topic("courses.details", "ask_course_details"),
    Topic("courses.credits", "ask_course_credits"),
    Topic("courses.status", "ask_course_status"),
    Topic("courses.timing", "ask_course_timing"),
    Topic("courses.rules", "ask_graduation_rules"),
    Topic("courses.plan", "ask_study_plan"),
    Topic("courses.grading", "ask_grading"),
    Topic("courses.registration", "ask_course_registration"),
    Topic("exchange.semester", "ask_exchange_studies"),
    Topic("degree_project.overview", "ask_degree_project"),
    Topic("degree_project.companies", "ask_degree_project_companies"),
    Topic("degree_project.abroad", "ask_degree_project_abroad"),
    Topic("degree_project.finding", "ask_degree_project_finding"),
    Topic("degree_project.process", "ask_degree_project_process"),
    Topic("careers.roles", "ask_career_roles"),
    Topic("careers.employers", "ask_career_employers"),
    Topic("careers.countries", "ask_career_countries"),
    Topic("careers.doctoral", "ask_doctoral_studies"),
    Topic("careers.market", "ask_job_market"),
    Topic("careers.salary", "ask_salary_statistics"),
    Topic("careers.work_during_studies", "ask_work_during_studies"),
    Topic("careers.staying", "ask_stay_after_graduation"),
    Topic("sustainability.goals", "ask_sustainability_goals"),
    Topic("sustainability.ethics", "ask_ethics_and_society"),
    Topic("sustainability.projects", "ask_sustainability_projects"),
    Topic("admission.requirements", "ask_entry_requirements"),
    Topic("admission.background", "ask_specific_requirements"),
    Topic("admission.english", "ask_english_requirement"),
    Topic("admission.documents", "ask_application_documents"),
    Topic("admission.final_year", "ask_final_year_students"),
    Topic("admission.how_to_apply", "ask_how_to_apply"),
    Topic("admission.selection", "ask_selection_and_chances"),
    Topic("admission.results", "ask_results_and_replies"),
    Topic("fees.tuition", "ask_tuition_fee"),
    Topic("fees.who_pays", "ask_who_pays_fees"),
    Topic("fees.application_fee", "ask_application_fee"),
    Topic("fees.payment", "ask_tuition_payment"),
    Topic("fees.scholarships", "ask_scholarships"),
    Topic("living.costs", "ask_living_costs"),
    Topic("living.residence_permit", "ask_residence_permit"),
    Topic("living.accommodation", "ask_accommodation"),
    Topic("living.arrival", "ask_arrival"),
    Topic("living.local_language", "ask_local_language"),
    Topic("living.student_life", "ask_student_life"),
    Topic("contact.general", "ask_contact"),
    Topic("contact.staff", "ask_staff"),
    Topic("social.greet", "greet"),
    Topic("social.goodbye", "goodbye"),
    Topic("social.thanks", "thank"),
    Topic("social.help", "ask_help"),
    Topic("social.identity", "ask_if_bot"),
    Topic("social.small_talk", "small_talk"),
    Topic("social.insult", "insult"),
    Topic("dialogue.yes", "affirm"),
    Topic("dialogue.no", "deny"),
    Topic("dialogue.more", "ask_more"),
    Topic("dialogue.unclear", "nlu_fallback"),
    Topic("out_of_scope.general", "out_of_scope_general"),
    Topic("out_of_scope.daily_life", "out_of_scope_daily_life"),
    Topic("out_of_scope.other_university", "out_of_scope_other_university"),
    Topic("out_of_scope.other_programme", "out_of_scope_other_programme"),
    Topic("out_of_scope.other_level", "out_of_scope_other_level"),
    Topic("out_of_scope.working_there", "out_of_scope_working_there"),
    Topic("out_of_scope.prediction", "out_of_scope_prediction"),
    Topic("out_of_scope.comparison", "out_of_scope_comparison"),
    Topic("out_of_scope.own_case", "out_of_scope_own_case"),
    Topic("out_of_scope.task", "out_of_scope_task"),
    Topic("out_of_scope.writing", "out_of_scope_writing"),
    Topic("out_of_scope.manipulation", "out_of_scope_manipulation"),
)

BY_ID: dict[str, Topic] = {topic.id: topic for topic in TOPICS}
BY_INTENT: dict[str, Topic] = {topic.intent: topic for topic in TOPICS}
UNCLEAR = BY_ID["dialogue.unclear"]

PAYLOAD_PREFIX = "topic:"  # what a button sends, followed by the id of a topic

# Topics whose answers are made of other sections of the knowledge file alone.
TOPICS_WITHOUT_FACTS = frozenset(
    {
        *("programme.length", "programme.language", "programme.degree", "programme.location", "programme.services"),
        *("deadlines.opening", "deadlines.last_day", "deadlines.documents", "deadlines.results"),
        *("deadlines.all", "deadlines.open_now"),
        *("courses.details", "courses.credits", "courses.status", "courses.timing"),
        *("degree_project.companies", "careers.employers", "careers.countries", "sustainability.projects"),
    }
)
TOPICS_WITHOUT_GAPS = (TOPICS_WITHOUT_FACTS - {"courses.timing"}) | {
    *("programme.overview", "programme.start", "programme.why", "living.local_language"),
    *("courses.mandatory", "courses.areas", "courses.rules", "careers.roles", "careers.market", "sustainability.goals"),
}
