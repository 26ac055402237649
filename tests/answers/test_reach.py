"""Through the trained model a question reaches every entry of the knowledge file, and replies say nothing else."""

from __future__ import annotations

import datetime
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from programme_chatbot.answers import Answer, Wording
from programme_chatbot.knowledge import Knowledge
from programme_chatbot.knowledge.checks import MILESTONE_ORDER, sourced_parts
from programme_chatbot.settings import knowledge_file
from tests.conftest import OPEN
from tests.trained import Reader

pytestmark = pytest.mark.bot
NUMBER = r"\d+(?:[.,]\d+)*"
NAME = r"[A-ZÅÄÖ][\wåäö]+"
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "reach.yml").read_text(encoding="utf-8"))


def entries(knowledge: Knowledge) -> set[str]:
    """Returns the ids of everything in a knowledge file that an answer can give."""
    found = {gap.id for gap in knowledge.gaps}
    for path, part in sourced_parts(knowledge):
        if path[0] in ("programme", "study_rules"):
            found.add(".".join(map(str, path)))
        elif path[0] == "rounds":
            found |= {f"{part.id}.{milestone}" for milestone in MILESTONE_ORDER}  # type: ignore[attr-defined]
        else:
            found.add(part.id)  # type: ignore[attr-defined]
    return found


@pytest.fixture(scope="module")
def replies(reader: Reader) -> Any:
    @cache
    def reply(question: str) -> tuple[Answer, ...]:
        return tuple(reader.answers(question, OPEN))

    return reply


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["ask"])
def test_a_question_reaches_its_entries(case: dict[str, Any], replies: Any) -> None:
    used = {entry for answer in replies(case["ask"]) for entry in answer.used}
    assert set(case["reaches"]) <= used, [answer.text for answer in replies(case["ask"])]


def test_every_entry_is_reached_by_a_question(knowledge: Knowledge) -> None:
    reached = {entry for case in CASES for entry in case["reaches"]}
    assert not entries(knowledge) - reached
    assert not reached - entries(knowledge), "reach.yml names entries that are not there"


def test_every_number_name_and_date_in_a_reply_comes_from_the_knowledge_file(replies: Any, wording: Wording) -> None:
    content = knowledge_file().read_text(encoding="utf-8")
    without_links = re.sub(r'url: "[^"]*"', "", content)
    written_dates = " ".join(wording.date(date) for date in _dates(content))
    numbers = set(re.findall(NUMBER, f"{without_links} {written_dates}"))
    names = set(re.findall(NAME, f"{content} {written_dates}"))
    names |= {word for name in wording.names() for word in re.findall(NAME, wording._templates[name])}
    for case in CASES:
        for answer in replies(case["ask"]):
            text = re.sub(r"https://\S+|\d+ days?\b", "", answer.text)  # how long is left follows from today's date
            assert set(re.findall(NUMBER, text)) <= numbers, answer.text
            unknown = {name for name in set(re.findall(NAME, text)) - names if name.lower() not in content}
            assert not unknown, answer.text


def _dates(text: str) -> list[datetime.date]:
    return [datetime.date.fromisoformat(date) for date in set(re.findall(r"\b20\d\d-\d\d-\d\d\b", text))]
