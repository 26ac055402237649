"""An invalid knowledge file is refused with every problem, its line and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from programme_chatbot.cli import main
from programme_chatbot.knowledge import KnowledgeError, load
from programme_chatbot.settings import knowledge_file

ORIGINAL = knowledge_file().read_text(encoding="utf-8")
Edit = Callable[[str], str]


def replacing(old: str, new: str) -> Edit:
    assert ORIGINAL.count(old) >= 1, f"the test's text is not in the knowledge file: {old}"
    return lambda text: text.replace(old, new, 1)


def problems_of(tmp_path: Path, *edits: Edit) -> list[str]:
    text = ORIGINAL
    for edit in edits:
        text = edit(text)
    file = tmp_path / "knowledge.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load(file)
    return [problem.describe(file) for problem in caught.value.problems]


CASES = {
    "unknown key": (replacing("  degree: {value:", "  degre: {value:"), "programme.degre: the key is unknown"),
    "missing key": (replacing("  degree: {value:", "  degre: {value:"), "programme.degree: the key is missing"),
    "duplicate key": (
        replacing("  name: MSc Machine Learning\n", "  name: MSc Machine Learning\n  name: MSc ML\n"),
        "programme.name: the key stands here twice",
    ),
    "duplicate id": (replacing("id: saab, name: Saab", "id: elekta, name: Saab"), "the id 'elekta' is used twice"),
    "bad date": (replacing("last_day: 2026-01-15", "last_day: 2026-01-32"), "'2026-01-32' is not a date"),
    "not a date": (replacing("last_day: 2026-01-15", "last_day: soon"), "expected a date such as 2026-01-15"),
    "milestones out of order": (
        replacing("results: 2026-03-26", "results: 2026-01-26"),
        "results (2026-01-26) is before documents_and_fee (2026-02-02)",
    ),
    "end before start": (replacing("end: 2026-10-23", "end: 2026-08-01"), "it ends on 2026-08-01, before it starts"),
    "unsafe link": (replacing('url: "https://survey.kth.se', 'url: "http://survey.kth.se'), "https:// or mailto:"),
    "fact without source": (
        replacing('stand today.", source: programme_page}', 'stand today."}'),
        "the key is missing",
    ),
    "alias used twice": (
        replacing("aliases: [visualisation, data visualization]", "aliases: [visualisation, rl]"),
        "the alias 'rl' is used twice",
    ),
    "name used twice": (replacing("name: Elekta", "name: Saab"), "the name 'Saab' is that of 'saab' too"),
    "unknown source": (
        replacing(
            "name: Tobii, degree_projects: true, aliases: [tobi], source: programme_page", "name: Tobii, source: x"
        ),
        "there is no 'x' in `sources`",
    ),
    "unknown group": (
        replacing("group: theory, aliases: [ml]", "group: practice, aliases: [ml]"),
        "there is no 'practice' in `course_groups`",
    ),
    "unknown topic": (replacing("topic: programme.why,", "topic: programme.how,"), "there is no topic 'programme.how'"),
    "gap that nothing reaches": (
        replacing("id: gap_salary, topic: careers.salary, always: true,", "id: gap_salary, topic: careers.salary,"),
        "no question reaches this gap",
    ),
    "text without English": (
        replacing("name: Sweden,", "name: {sv: Sverige},"),
        "expected the key 'en' among the languages",
    ),
    "empty text": (replacing("name: Sweden,", 'name: "",'), "expected a text that is not empty"),
    "number for a date": (replacing("last_day: 2026-01-15", "last_day: 20260115"), "expected a date"),
    "fraction for a whole number": (replacing("credits: 120", "credits: 119.9"), "expected a whole number"),
    "truth value for a text": (
        replacing("keywords: [experts, expert, an expert, become an expert]", "keywords: [no]"),
        "put numbers and words such as no in quotes",
    ),
    "intake without a year": (replacing("intake: August 2026", "intake: August"), "names no year"),
    "two rounds of a year": (replacing("intake: autumn 2020", "intake: autumn 2019"), "is for 2019 too"),
    "group without a description": (
        replacing("    about: theoretical", "    # about: theoretical"),
        "the key `about` is missing",
    ),
    "no degree project": (replacing("    degree_project: true\n", ""), "0 courses are marked as degree project"),
    "year that the programme lacks": (replacing("years: [2]", "years: [2026]"), "years of study from 1 to 2"),
    "mandatory in another group": (replacing("    group: mandatory\n", "    group: theory\n"), "do not go together"),
    "goal that stands twice": (replacing("number: 11", "number: 3"), "goal 3 stands twice"),
    "empty alias": (replacing("aliases: [alphabet]", 'aliases: ["?"]'), "is no word"),
    "fact that nothing gives": (replacing("topic: programme.why,", "topic: programme.length,"), "gives no facts"),
    "unused source": (replacing("    source: course_dt2470", "    source: course_dt2119"), "nothing names the source"),
    "course code": (replacing("code: DD1420", "code: D1420"), "courses[0].code"),
}


@pytest.mark.parametrize(("edit", "message"), CASES.values(), ids=CASES.keys())
def test_a_problem_is_told_with_its_place(tmp_path: Path, edit: Edit, message: str) -> None:
    found = problems_of(tmp_path, edit)
    assert any(message in problem for problem in found), found
    assert all("expected" in problem for problem in found)


def test_the_line_is_the_one_in_the_file(tmp_path: Path) -> None:
    line = ORIGINAL[: ORIGINAL.index("last_day: 2026-01-15")].count("\n") + 1
    (problem,) = problems_of(tmp_path, replacing("last_day: 2026-01-15", "last_day: 2026-01-32"))
    assert f"knowledge.yml:{line}: rounds[0].dates.last_day:" in problem


def test_all_problems_of_the_shape_are_told_at_once(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        replacing("last_day: 2026-01-15", "last_day: 2026-01-32"),
        replacing("  degree: {value:", "  degre: {value:"),
        replacing("credits: 120", "credits: many"),
    )
    assert len(found) == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("sources: [1, 2\nfacts: {", "broken YAML"),
        ("a: &x [1]\nb: *x\n", "anchor or alias"),
        ("- a\n- b\n", "the file is not a mapping"),
        ("just words", "the file is not a mapping"),
        ("[" * 3000 + "]" * 3000, "nested too deeply"),
        ("a: \x00", "broken YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", "the YAML tag"),
    ],
)
def test_what_is_no_knowledge_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "knowledge.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=message):
        load(file)


def test_an_alias_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    file = tmp_path / "bomb.yml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="anchor or alias"):
        load(file)


def test_a_file_over_two_megabytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.yml"
    file.write_text("# " + "x" * 2_000_000, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="too large"):
        load(file)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.yml"
    file.write_bytes("name: Kår".encode("latin-1"))
    with pytest.raises(KnowledgeError, match="UTF-8"):
        load(file)


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load(tmp_path / "nowhere.yml")


def test_the_command_exits_with_1_and_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "knowledge.yml"
    file.write_text("sources: 3\n", encoding="utf-8")
    assert main(["validate", str(file)]) == 1
    assert "is not a valid knowledge file" in capsys.readouterr().err


def test_the_command_exits_with_0_for_the_real_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate"]) == 0
    assert "is valid" in capsys.readouterr().out


def test_translations_are_kept_beside_the_text(tmp_path: Path) -> None:
    file = tmp_path / "knowledge.yml"
    edit = replacing("name: Sweden,", "name: {en: Sweden, sv: Sverige},")
    file.write_text(edit(ORIGINAL), encoding="utf-8")
    country = load(file).countries[0]
    assert country.name == "Sweden"
    assert country.name.in_language("sv") == "Sverige"
    assert country.name.in_language("fi") == "Sweden"
