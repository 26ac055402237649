"""The wording holds no facts, and a misfit between wording and code is told clearly."""

from __future__ import annotations

import re

import pytest

from programme_chatbot.answers import Wording, WordingError
from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.lookup import names_of
from programme_chatbot.knowledge.topics import TOPICS
from programme_chatbot.settings import PROJECT_FOLDER

# Names of the knowledge file that are ordinary words of the wording.
GENERAL_WORDS = {
    "statistics",
    "last day to apply",
    "admission results",
    "application opens",
    "mandatory courses",
    "newsletter",
    "tour",
    "visit",
    "follow",
}
HOLES = re.compile(r"\{[^{}]+\}")


def test_a_missing_response_is_named() -> None:
    with pytest.raises(WordingError, match="lacks the response 'utter_reply/greet'"):
        Wording({}).say("greet")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(WordingError, match="takes the values"):
        Wording({"greet": "Hello {name}"}).say("greet", who="x")


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_an_enumeration_reads_as_people_write_it(wording: Wording, items: list[str], text: str) -> None:
    assert wording.listing(items) == text


def test_no_fact_stands_in_the_wording(wording: Wording, knowledge: Knowledge) -> None:
    programme = knowledge.programme
    names = {name.lower() for name in names_of(knowledge) if len(name) > 3 and name not in GENERAL_WORDS}
    names |= {str(part).lower() for part in (programme.location.city, programme.school.name, programme.degree.value)}
    for name in wording.names():
        text = wording._templates[name].lower()
        assert not [fact for fact in names if re.search(rf"\b{re.escape(fact)}\b", text)], name
        assert not re.search(r"\d", text) or text == "1 day", name


def test_every_response_is_used_by_the_code(wording: Wording) -> None:
    code = "".join(
        file.read_text(encoding="utf-8") for file in (PROJECT_FOLDER / "programme_chatbot" / "answers").glob("*.py")
    )
    literals = set(re.findall(r'"([a-z_.]+)"', code))
    patterns = [
        re.escape(text).replace("HOLE", r"[a-z_.]+") for text in re.findall(r'f"([^"]+)"', HOLES.sub("HOLE", code))
    ]
    topics = {topic.id for topic in TOPICS}
    for name in wording.names():
        known = name in literals or name in topics or any(re.fullmatch(pattern, name) for pattern in patterns)
        assert known, f"no code says '{name}'"
