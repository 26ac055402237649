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
        subject: what "it" and "that" mean once the topic has been answered; empty if it leaves nothing to refer to.
    """

    id: str
    intent: str
    subject: str = ""

    @property
    def area(self) -> str:
        """The part of the id before the dot."""
        return self.id.split(".", 1)[0]

    @property
    def is_question(self) -> bool:
        """Whether the topic is a question about the programme (not small talk, not out of scope)."""
        return self.area not in (SOCIAL_AREA, OUT_OF_SCOPE_AREA, DIALOGUE_AREA)


TOPICS: tuple[Topic, ...] = (
    Topic("programme.overview", "ask_programme_overview", "the programme"),
    Topic("programme.learning_outcomes", "ask_learning_outcomes", "what students learn"),
    Topic("programme.length", "ask_length_and_credits", "the programme"),
    Topic("programme.language", "ask_teaching_language", "the teaching language"),
    Topic("programme.degree", "ask_degree_title", "the degree"),
    Topic("programme.location", "ask_location", "the campus"),
    Topic("programme.start", "ask_start_and_intakes", "the start of studies"),
    Topic("programme.academic_year", "ask_academic_year", "the academic year"),
    Topic("programme.why", "ask_why_choose", "the programme"),
    Topic("programme.format", "ask_study_format", "the programme"),
    Topic("programme.services", "ask_services", "visits and newsletter"),
    Topic("deadlines.all", "ask_all_dates", "the application dates"),
    Topic("deadlines.opening", "ask_application_opening", "the application opening date"),
    Topic("deadlines.last_day", "ask_last_day_to_apply", "the application deadline"),
    Topic("deadlines.documents", "ask_document_and_fee_deadline", "the documents deadline"),
    Topic("deadlines.results", "ask_results_date", "the admission results date"),
    Topic("deadlines.open_now", "ask_is_open", "the application"),
    Topic("deadlines.next_round", "ask_next_round", "the next admission round"),
    Topic("deadlines.late", "ask_late_or_second_round", "the late application"),
    Topic("courses.list", "ask_course_list", "the courses"),
    Topic("courses.mandatory", "ask_mandatory_courses", "the mandatory courses"),
    Topic("courses.electives", "ask_elective_courses", "the elective courses"),
    Topic("courses.areas", "ask_course_areas", "the course areas"),
    Topic("courses.details", "ask_course_details", "the course"),
    Topic("courses.credits", "ask_course_credits", "the course"),
    Topic("courses.status", "ask_course_status", "the course"),
    Topic("courses.timing", "ask_course_timing", "the course"),
    Topic("courses.rules", "ask_graduation_rules", "the graduation rules"),
    Topic("courses.plan", "ask_study_plan", "the study plan"),
    Topic("courses.grading", "ask_grading", "the grades"),
    Topic("courses.registration", "ask_course_registration", "the course registration"),
    Topic("exchange.semester", "ask_exchange_studies", "the exchange semester"),
    Topic("degree_project.overview", "ask_degree_project", "the degree project"),
    Topic("degree_project.companies", "ask_degree_project_companies", "the degree project at a company"),
    Topic("degree_project.abroad", "ask_degree_project_abroad", "the degree project abroad"),
    Topic("degree_project.finding", "ask_degree_project_finding", "the degree project"),
    Topic("degree_project.process", "ask_degree_project_process", "the degree project"),
    Topic("careers.roles", "ask_career_roles", "the jobs of graduates"),
    Topic("careers.employers", "ask_career_employers", "the employers of graduates"),
    Topic("careers.countries", "ask_career_countries", "the countries where graduates work"),
    Topic("careers.doctoral", "ask_doctoral_studies", "the phd"),
    Topic("careers.market", "ask_job_market", "the job market"),
    Topic("careers.salary", "ask_salary_statistics", "the salary of graduates"),
    Topic("careers.work_during_studies", "ask_work_during_studies", "the part-time job"),
    Topic("careers.staying", "ask_stay_after_graduation", "staying after graduation"),
    Topic("sustainability.goals", "ask_sustainability_goals", "the sustainable development goals"),
    Topic("sustainability.ethics", "ask_ethics_and_society", "the ethics of ai"),
    Topic("sustainability.projects", "ask_sustainability_projects", "the sustainability projects"),
    Topic("admission.requirements", "ask_entry_requirements", "the entry requirements"),
    Topic("admission.background", "ask_specific_requirements", "the required background"),
    Topic("admission.english", "ask_english_requirement", "the english test"),
    Topic("admission.documents", "ask_application_documents", "the application documents"),
    Topic("admission.final_year", "ask_final_year_students", "applying in the final year"),
    Topic("admission.how_to_apply", "ask_how_to_apply", "the application"),
    Topic("admission.selection", "ask_selection_and_chances", "the selection"),
    Topic("admission.results", "ask_results_and_replies", "the admission result"),
    Topic("fees.tuition", "ask_tuition_fee", "the tuition fee"),
    Topic("fees.who_pays", "ask_who_pays_fees", "the tuition fee"),
    Topic("fees.application_fee", "ask_application_fee", "the application fee"),
    Topic("fees.payment", "ask_tuition_payment", "the tuition payment"),
    Topic("fees.scholarships", "ask_scholarships", "the scholarship"),
    Topic("living.costs", "ask_living_costs", "the living costs"),
    Topic("living.residence_permit", "ask_residence_permit", "the residence permit"),
    Topic("living.accommodation", "ask_accommodation", "the accommodation"),
    Topic("living.arrival", "ask_arrival", "the arrival"),
    Topic("living.local_language", "ask_local_language", "the swedish course"),
    Topic("living.student_life", "ask_student_life", "the student life"),
    Topic("contact.general", "ask_contact", "the contact"),
    Topic("contact.staff", "ask_staff", "the staff"),
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
    Topic("dialogue.sure", "ask_if_sure"),
    Topic("dialogue.unclear", "nlu_fallback"),
    Topic("out_of_scope.general", "out_of_scope_general"),
    Topic("out_of_scope.daily_life", "out_of_scope_daily_life"),
    Topic("out_of_scope.other_university", "out_of_scope_other_university", "another university"),
    Topic("out_of_scope.other_programme", "out_of_scope_other_programme", "another programme"),
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

# Instead of a statement's id: the topic as a whole is asked about; or a detail of it that no statement tells.
GENERAL, ABSENT = "general", "absent"
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
TOPICS_WITHOUT_GAPS = frozenset(
    {
        *("deadlines.opening", "deadlines.last_day", "deadlines.documents", "deadlines.results"),
        *("deadlines.all", "deadlines.open_now", "courses.credits", "courses.status"),
    }
)
