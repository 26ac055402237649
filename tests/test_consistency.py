"""Files that must agree with each other do: topics, intents, rules, wording, locks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from functools import cache
from typing import Any

import pytest
import yaml

from programme_chatbot.channels.web_settings import WebSettings
from programme_chatbot.cli import main
from programme_chatbot.evaluation.review import read_examples
from programme_chatbot.knowledge import load
from programme_chatbot.knowledge.topics import ABSENT, BY_ID, TOPICS, UNCLEAR
from programme_chatbot.nlu.name_matcher import KINDS
from programme_chatbot.settings import PROJECT_FOLDER, knowledge_file

INTENTS = {topic.intent for topic in TOPICS} - {UNCLEAR.intent}


def read(name: str) -> Any:
    return yaml.safe_load((PROJECT_FOLDER / name).read_text(encoding="utf-8"))


@cache
def examples(name: str = "nlu.yml") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text, intent in read_examples(PROJECT_FOLDER / "data" / name):
        found.setdefault(intent, []).append(text)
    return found


def test_topics_domain_training_data_and_guide_name_the_same_intents() -> None:
    guide = (PROJECT_FOLDER / "docs" / "intents.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([a-z_, ]+) \|", guide, re.M)
    assert {name.strip() for cell in cells for name in cell.split(",")} - {"intent"} == INTENTS
    assert set(read("domain.yml")["intents"]) == INTENTS
    assert set(examples()) == INTENTS


def test_the_rules_send_every_intent_to_the_action() -> None:
    rule = read("data/rules.yml")["rules"][0]
    assert {step["intent"] for step in rule["steps"][0]["or"]} == INTENTS | {UNCLEAR.intent}


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_every_intent_has_enough_and_not_too_many_examples(intent: str) -> None:
    assert 25 <= len(examples()[intent]) <= 115


def test_examples_belong_to_intents_and_entries_that_exist() -> None:
    entries = {item.id: item for item in load(knowledge_file()).statements}
    items = [item for name in ("nlu", "in_other_words", "follow_ups") for item in read(f"data/{name}.yml")["nlu"]]
    for item in (item for item in items if "intent" in item and isinstance(item["examples"], list)):
        assert item["intent"] in INTENTS
        for example in item["examples"]:
            entry = example.get("metadata", {}).get("statement", ABSENT)
            assert entry == ABSENT or BY_ID[entries[entry].topic].intent == item["intent"], example["text"]


def test_no_example_stands_twice() -> None:
    seen: dict[str, str] = {}
    for intent, texts in [*examples().items(), *examples("in_other_words.yml").items()]:
        for text in texts:
            key = " ".join(re.findall(r"\w+", text.lower()))
            assert key not in seen, f"'{text}' ({intent}) stands in {seen[key]} too"
            seen[key] = intent


def test_no_evaluation_question_is_a_training_example() -> None:
    def key(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.lower()))

    trained = {key(text) for texts in examples().values() for text in texts}
    for file in (PROJECT_FOLDER / "tests" / "evaluation" / "intents").glob("*.yml"):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            assert len(key(case["text"]).split()) < 3 or key(case["text"]) not in trained, case["text"]
            assert {case["intent"], case.get("also", case["intent"])} <= INTENTS


def test_telemetry_is_off_for_every_command_of_the_environment() -> None:
    code = "import os; print(os.environ['RASA_TELEMETRY_ENABLED'])"
    environment = {name: value for name, value in os.environ.items() if name != "RASA_TELEMETRY_ENABLED"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "false"


def test_make_help_lists_every_target() -> None:
    makefile = (PROJECT_FOLDER / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (\S+)", makefile, re.M))
    assert targets == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))


def test_intents_are_free_of_the_programme_s_own_words() -> None:
    own = ("machine", "learning_programme", "kth", "swed", "stockholm", "ml_")
    assert not [intent for intent in INTENTS if any(word in intent for word in own)]


def test_the_domain_knows_every_kind_of_name() -> None:
    declared = {next(iter(entity)) for entity in read("domain.yml")["entities"]}
    assert declared == {*KINDS, "unknown_course", "unknown_name"}


IMPORTS_ALLOWED = {
    "knowledge": {"knowledge"},
    "answers": {"answers", "knowledge"},
    "nlu": {"nlu", "knowledge", "settings", "typed_text"},
    "operations": {"operations", "answers", "channels", "evaluation", "knowledge", "nlu", "settings", "storage"},
    "stores": {"storage"},
    "channels": {"channels", "knowledge", "settings", "storage", "stores", "logs", "typed_text"},
}


@pytest.mark.parametrize("package", IMPORTS_ALLOWED)
def test_imports_go_one_way(package: str) -> None:
    for file in (PROJECT_FOLDER / "programme_chatbot" / package).glob("*.py"):
        text = file.read_text(encoding="utf-8")
        imported = set(re.findall(r"^\s*from programme_chatbot(?:\.| import )(\w+)", text, re.M))
        assert imported <= IMPORTS_ALLOWED[package], file
        if package in ("knowledge", "answers"):
            assert not re.search(r"^\s*(?:from|import) (?:rasa|spacy|sanic)", text, re.M), file


def test_the_topics_command_lists_every_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(TOPICS)


def test_every_setting_is_documented() -> None:
    text = (PROJECT_FOLDER / "docs" / "operations.md").read_text(encoding="utf-8")
    code = [path.read_text(encoding="utf-8") for path in (PROJECT_FOLDER / "programme_chatbot").rglob("*.py")]
    names = {name for file in code for name in re.findall(r'_VARIABLE = "([A-Z_]+)"', file)}
    names |= {f"WEB_{setting.name.upper()}" for setting in fields(WebSettings)}
    assert len(names) > 10
    assert not [name for name in names if f"`{name}`" not in text]


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (PROJECT_FOLDER / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count("--hash=") > 200


FLOORS = re.findall(
    r"^\| ([a-z0-9-]+) \| ([\d.]+) \| (.*(?:CVE-\d{4}-\d+).*) \|$",
    (PROJECT_FOLDER / "SECURITY.md").read_text(encoding="utf-8"),
    re.M,
)


def test_security_md_names_the_floors_that_matter_most() -> None:
    assert {"rasa", "pyjwt", "sanic", "python-socketio", "ujson"} <= {package for package, _, _ in FLOORS}


@pytest.mark.parametrize(("package", "floor"), [(package, floor) for package, floor, _ in FLOORS])
def test_pinned_versions_are_not_below_the_floors_for_known_advisories(package: str, floor: str) -> None:
    assert parts_of(pinned()[package]) >= parts_of(floor)


def test_known_advisories_are_told_of_the_versions_that_are_pinned() -> None:
    table = (PROJECT_FOLDER / "SECURITY.md").read_text(encoding="utf-8").split("## Known advisories")[1]
    cells = re.findall(r"^\| ([a-z][^|]*) \|", table, re.M)
    named = [pair for cell in cells for pair in re.findall(r"([a-z0-9-]+) (\d[\d.]*\d)", cell)]
    assert len(named) >= 10
    for package, version in named:
        assert pinned()[package] == version, f"SECURITY.md tells of {package} {version}"


def pinned() -> dict[str, str]:
    lock = (PROJECT_FOLDER / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([\w.]+)", lock, re.M))


def parts_of(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def test_every_command_is_documented() -> None:
    texts = [(PROJECT_FOLDER / "README.md"), *(PROJECT_FOLDER / "docs").rglob("*.md"), PROJECT_FOLDER / "Makefile"]
    everything = "\n".join(file.read_text(encoding="utf-8") for file in texts)
    for command in re.findall(r'add_parser\(\s*"(\w+)"', (PROJECT_FOLDER / "programme_chatbot" / "cli.py").read_text()):
        assert f"programme-chatbot {command}" in everything, command


def test_jax_and_pytorch_are_not_installed() -> None:
    lock = (PROJECT_FOLDER / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"^(jax|torch|sentence-transformers)==", lock, re.M)
