"""What can be wrong with a knowledge file, told so that an editor can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong.

    Args:
        line: line in the file, counted from 1; 0 if the problem has no place in it.
        path: place in the structure, such as `facts[3].text`; empty for the whole file.
        what: what is wrong.
        expected: what was expected instead, or what to do.
    """

    line: int
    path: str
    what: str
    expected: str

    def describe(self, file: Path) -> str:
        """Returns the problem as one line that begins with the place, as compilers do."""
        place = f"{file}:{self.line}" if self.line else str(file)
        inside = f" {self.path}:" if self.path else ""
        return f"{place}:{inside} {self.what}; expected {self.expected}"


class KnowledgeError(Exception):
    """The knowledge file is invalid.

    Args:
        file: the file.
        problems: everything that is wrong with it, in the order of the file.
    """

    kind = "knowledge file"

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self.file = file
        self.problems = sorted(problems)
        super().__init__(self.report())

    def report(self) -> str:
        """Returns all problems, one a line, under a line that counts them."""
        count = len(self.problems)
        head = f"{self.file} is not a valid {self.kind}: {count} problem{'s' if count != 1 else ''}."
        return "\n".join([head, *(f"  {problem.describe(self.file)}" for problem in self.problems)])
