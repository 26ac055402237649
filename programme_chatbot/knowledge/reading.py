"""Reads YAML into plain data and remembers on which line everything stands.

Stricter than YAML: a key may occur once in a mapping, and anchors and aliases are refused, because an editor does
not need them and a few lines of them can unfold to gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from programme_chatbot.knowledge.problems import KnowledgeError, Problem

MAX_BYTES = 2_000_000
_PLAIN_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp"})
Path_ = tuple[str | int, ...]


@dataclass
class Document:
    """The content of a YAML file.

    Args:
        data: mappings, lists and scalars.
        lines: the line, counted from 1, of each place in `data`.
        problems: what was wrong while reading, without making the rest unreadable.
    """

    data: Any
    lines: dict[Path_, int]
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """Returns the line of `path`, or of the nearest place around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(file: Path) -> Document:
    """Reads a YAML file.

    Args:
        file: path of the file.

    Returns:
        Its content with line numbers and with problems such as duplicate keys.

    Raises:
        KnowledgeError: if there is no data to speak of: no such file, too large, empty, or broken YAML.
    """
    text = _text(file)
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            raise _fatal(file, 1, "the file is empty", "its content")
        document = Document(None, {})
        document.data = _build(loader, node, (), document)
    except _AnchorError as error:
        raise _fatal(file, error.line, "a YAML anchor or alias", "the text to be written out") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = " ".join(str(getattr(error, "problem", None) or error).split())
        raise _fatal(
            file,
            mark.line + 1 if mark else 1,
            f"broken YAML ({what})",
            "valid YAML: look at indentation, quotes and colons on and above this line",
        ) from None
    except RecursionError:
        raise _fatal(file, 1, "the file is nested too deeply", "at most a few levels") from None
    return document


class _AnchorError(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


class _Loader(yaml.SafeLoader):
    """Stops at the first anchor or alias, before anything is unfolded."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None):  # of an alias, or of what an alias may name
            raise _AnchorError(event.start_mark.line + 1)
        return super().compose_node(parent, index)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _fatal(file, 0, "the file is too large", f"at most {MAX_BYTES // 1_000_000} MB")
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _fatal(file, 0, f"byte {error.start} is not UTF-8", "a text file saved as UTF-8") from None
    except OSError as error:
        raise _fatal(file, 0, f"the file cannot be read ({error.strerror})", "a readable file") from None


def _fatal(file: Path, line: int, what: str, expected: str) -> KnowledgeError:
    return KnowledgeError(file, [Problem(line, "", what, expected)])


def _build(loader: yaml.SafeLoader, node: yaml.Node, path: Path_, document: Document) -> Any:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    if node.tag.removeprefix("tag:yaml.org,2002:") not in _PLAIN_TAGS:
        document.problems.append(Problem(line, show(path), f"the YAML tag '{node.tag}'", "plain values without tags"))
        return None
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            key_line = key_node.start_mark.line + 1
            if key in mapping:
                document.problems.append(
                    Problem(key_line, show((*path, key)), "the key stands here twice", "each key once")
                )
            place = (*path, key)
            document.lines[place] = key_line
            mapping[key] = _build(loader, value_node, place, document)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*path, index), document) for index, item in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except ValueError as error:
        document.problems.append(
            Problem(line, show(path), f"'{node.value}' is not a date ({error})", "a date such as 2026-01-15")
        )
        return None


def show(path: Path_) -> str:
    """Returns a path as people read it: `facts[3].text`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
