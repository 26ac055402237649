"""Loads a knowledge file, or tells everything that is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from programme_chatbot.knowledge.checks import find_problems
from programme_chatbot.knowledge.model import Knowledge
from programme_chatbot.knowledge.problems import KnowledgeError, Problem
from programme_chatbot.knowledge.reading import Document, Path_, read, show


def load(file: Path) -> Knowledge:
    """Loads and validates a knowledge file.

    Args:
        file: path of the YAML file.

    Returns:
        The knowledge, unchangeable.

    Raises:
        KnowledgeError: with every problem that could be found, if there is one.
    """
    document = read(file)
    problems = list(document.problems)
    if not isinstance(document.data, dict):
        problems.append(Problem(1, "", "the file is not a mapping", "sections such as `sources:` and `facts:`"))
        raise KnowledgeError(file, problems)
    broken_places = {problem.path for problem in problems}
    try:
        knowledge = Knowledge.parse_obj(document.data)
    except ValidationError as error:
        found = (_from_pydantic(detail, document) for detail in error.errors())
        problems.extend(problem for problem in found if problem.path not in broken_places)
        raise KnowledgeError(file, problems) from None
    problems.extend(find_problems(knowledge, document))
    if problems:
        raise KnowledgeError(file, problems)
    return knowledge


def json_schema() -> str:
    """Returns the JSON Schema of knowledge files, for completion and checks in an editor."""
    schema = Knowledge.schema()
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


_EXPECTED = {
    "value_error.missing": ("the key is missing", "this key with a value"),
    "value_error.extra": (
        "the key is unknown",
        "one of the keys that docs/editing.md lists (look for a typing mistake)",
    ),
    "value_error.date": ("this is not a date", "a date such as 2026-01-15"),
    "type_error.none.not_allowed": ("the value is missing", "a value"),
    "type_error.integer": ("this is not a whole number", "a whole number"),
    "type_error.float": ("this is not a number", "a number"),
    "type_error.bool": ("this is not true or false", "true or false"),
    "value_error.bool": ("this is not true or false", "true or false"),
    "type_error.str": ("this is not a text", "a text"),
    "type_error.tuple": ("this is not a list", "a list"),
    "type_error.dict": ("this is not a mapping", "keys with values"),
    "value_error.str.regex": (
        "this is not well formed",
        "lower-case letters, digits and _ (for a course its code)",
    ),
}


def _from_pydantic(detail: Any, document: Document) -> Problem:
    path: Path_ = tuple(part for part in detail["loc"] if part != "__root__")
    kind, message = detail["type"], detail["msg"]
    if kind in _EXPECTED:
        what, expected = _EXPECTED[kind]
    elif kind == "value_error.const":
        permitted = ", ".join(map(str, detail["ctx"]["permitted"]))
        what, expected = f"'{detail['ctx']['given']}' is not allowed", f"one of: {permitted}"
    elif message.startswith("expected "):
        what, expected = "the value is not right", message.removeprefix("expected ")
    else:
        what, expected = message, "a value of the right kind"
    return Problem(document.line(path), show(path), what, expected)
