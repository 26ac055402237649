"""The cases of an evaluation: what is asked, and what a right reply holds."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, ValidationError, root_validator, validator

from programme_chatbot.answers.answer import Status
from programme_chatbot.knowledge.problems import KnowledgeError, Problem
from programme_chatbot.knowledge.reading import Document, read, show
from programme_chatbot.knowledge.topics import BY_ID

Slice = Literal["single", "noisy", "multiple", "dialogue", "out_of_scope", "near_miss", "social", "dates"]
DEFAULT_DATE = datetime.date(2025, 12, 1)
_MAX_TURNS = 12


class CaseError(KnowledgeError):
    """A case file is invalid; tells everything that is wrong with it, with the lines."""

    kind = "case file"


class _Part(BaseModel):
    class Config:
        """Unknown keys are errors: they are typing mistakes."""

        extra = Extra.forbid
        allow_mutation = False


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


class Expectation(_Part):
    """What the answer to one question must be.

    Args:
        topic: ids of the topics that are right; empty if any is.
        status: the statuses that are right.
        must: what the reply must hold; of a list inside it, one entry.
        must_not: what the reply must not hold.
    """

    topic: tuple[str, ...] = ()
    status: tuple[Status, ...] = ("answered",)
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()

    _lists = validator("topic", "status", "must", "must_not", pre=True, allow_reuse=True)(_as_list)

    @validator("must", pre=True)
    def _alternatives(cls, value: list[object]) -> list[object]:
        return [_as_list(item) for item in value]

    @validator("topic", each_item=True)
    def _known_topic(cls, value: str) -> str:
        if value not in BY_ID:
            raise ValueError(f"'{value}' is not a topic; `programme-chatbot topics` lists them")
        return value


class Turn(_Part):
    """One message of a user, and what each of the answers to it must be, in order.

    Args:
        say: the message; empty if a button is pressed.
        press: number of the button of the last reply that is pressed, counted from 1.
        parts: what each answer must be.
    """

    say: str = ""
    press: int | None = Field(default=None, ge=1, le=3)
    parts: list[Expectation] = Field(min_items=1)

    @root_validator(pre=True)
    def _one_expectation(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if "parts" in values:
            return values
        keys = Expectation.__fields__
        own = {key: value for key, value in values.items() if key not in keys}
        return {**own, "parts": [{key: value for key, value in values.items() if key in keys}]}

    @root_validator(skip_on_failure=True)
    def _says_something(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if bool(values["say"].strip()) == (values["press"] is not None):
            raise ValueError("a turn needs either `say` with a text or `press` with the number of a button")
        return values


class Case(_Part):
    """A conversation of one or more turns.

    Args:
        who: who asks.
        slice: the group that it is counted in.
        today: the date on which it is asked.
        turns: its turns.
    """

    who: str = ""
    slice: Slice
    today: datetime.date = DEFAULT_DATE
    turns: list[Turn] = Field(min_items=1, max_items=_MAX_TURNS)
    place: str = ""

    @root_validator(pre=True)
    def _one_turn(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if "turns" in values:
            return values
        own = {key: value for key, value in values.items() if key in cls.__fields__}
        return {**own, "turns": [{key: value for key, value in values.items() if key not in own}]}


def load_cases(paths: list[Path]) -> list[Case]:
    """Reads case files.

    Args:
        paths: files, or folders whose `*.yml` files (not those of folders inside) are read.

    Returns:
        The cases in the order of the files; `place` tells file and line.

    Raises:
        CaseError: if a file cannot be read or holds anything but cases; tells each place with its line.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.yml")) if path.is_dir() else [path])]
    return [case for file in files for case in _load(file)]


def _load(file: Path) -> list[Case]:
    try:
        document = read(file)
    except KnowledgeError as error:
        raise CaseError(file, error.problems) from None
    if not isinstance(document.data, list):
        raise CaseError(file, [Problem(1, "", "the file holds no list", "a list of cases, each beginning with `- `")])
    problems = list(document.problems)
    cases = []
    for index, entry in enumerate(document.data):
        try:
            if not isinstance(entry, dict):
                raise TypeError
            cases.append(Case(**{**entry, "place": f"{file.name}:{document.line((index,))}"}))
        except TypeError:
            problems.append(Problem(document.line((index,)), show((index,)), "not a case", "keys such as `say`"))
        except ValidationError as error:
            problems += [_problem(document, index, detail) for detail in error.errors()]
    if problems:
        raise CaseError(file, problems)
    return cases


def _problem(document: Document, index: int, detail: Any) -> Problem:
    path: list[str | int] = [index, *(part for part in detail["loc"] if part != "__root__")]
    for key in ("turns", "parts"):  # a case of one turn, and a turn of one answer, are written without them
        if key in path and (*path[: path.index(key)], key) not in document.lines:
            del path[path.index(key) : path.index(key) + 2]
    return Problem(
        document.line(tuple(path)), show(tuple(path)), detail["msg"], "a case as tests/evaluation/README.md describes"
    )
