"""Measures how many questions of tests/evaluation the trained model understands, by slice.

Run by `make understanding`. The questions were written apart from the training data; the second file's failures have
been looked at since, so only the first is a fair measure, and a fresh set would be a better one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from programme_chatbot.launcher import ensure_model
from programme_chatbot.settings import PROJECT_FOLDER
from tests.trained import Reader


def main() -> None:
    """Measures and prints."""
    reader = Reader(ensure_model())
    for file in sorted((PROJECT_FOLDER / "tests" / "evaluation" / "intents").glob("*.yml")):
        right: dict[str, list[bool]] = defaultdict(list)
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            found = {_kind(reading["intent"]) for reading in reader.parse(case["text"])["readings"]}
            wanted = {_kind(intent) for intent in (case["intent"], case.get("also")) if intent}
            right[case["slice"]].append(len(found) == 1 and bool(found & wanted))
        print(file.name)
        for name, results in right.items():
            print(f"  {name:<14} {sum(results):>4} of {len(results):<4} {sum(results) / len(results):.1%}")


def _kind(intent: str) -> str:
    return "out_of_scope" if intent.startswith("out_of_scope") else intent


if __name__ == "__main__":
    main()
