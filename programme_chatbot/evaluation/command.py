"""The command `programme-chatbot evaluate`."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from programme_chatbot import launcher
from programme_chatbot.evaluation.cases import DEFAULT_DATE, Case, load_cases
from programme_chatbot.evaluation.judging import Message
from programme_chatbot.evaluation.report import summary, write_report
from programme_chatbot.evaluation.review import TRAINING, Reviewed, failures, read_examples, table
from programme_chatbot.evaluation.running import BotUnreachableError, RestBot, Result, bot_of, run_cases
from programme_chatbot.evaluation.thresholds import load_thresholds
from programme_chatbot.knowledge import KnowledgeError
from programme_chatbot.nlu.sentence_encoder import SentenceEncoder
from programme_chatbot.settings import PROJECT_FOLDER, today

CASES = PROJECT_FOLDER / "tests" / "evaluation"
THRESHOLDS = PROJECT_FOLDER / "tests" / "thresholds.yml"
REPORTS = PROJECT_FOLDER / "reports"
REVIEW = "review.md"


def evaluate(paths: Sequence[Path], *, address: str | None, folder: Path) -> int:
    """Evaluates the bot, prints the shares of right cases and writes the report.

    Args:
        paths: case files or folders of them.
        address: address of a running bot's REST channel; None to serve the current model for this.
        folder: where the report goes.

    Returns:
        The exit status: 0 if all thresholds are reached, 1 if not or if the bot does not answer.

    Raises:
        LaunchError: if the bot cannot be started.
    """
    try:
        thresholds = load_thresholds(THRESHOLDS)
        cases = load_cases(list(paths))
        if not cases:
            print("There are no cases in " + ", ".join(map(str, paths)) + ".", file=sys.stderr)
            return 1
        results = results_of(cases, address=address)
    except (KnowledgeError, BotUnreachableError) as error:
        print(error, file=sys.stderr)
        return 1
    missed = thresholds.missed(results)
    report = write_report(results, folder, missed, title="Evaluation")
    to_sort = _write_review(failures(results), folder)
    print(f"{summary(results)}\nReport: {report}\nFailures to learn from: {to_sort}", flush=True)
    for sentence in missed:
        print(f"Threshold missed: {sentence}", file=sys.stderr)
    return 1 if missed else 0


def results_of(cases: list[Case], *, address: str | None = None, model: Path | None = None) -> list[Result]:
    """Puts cases to a bot: one that runs already, or one that is started with a model (by default the current one).

    Raises:
        BotUnreachableError: if it does not answer.
        LaunchError: if it cannot be started.
    """
    if address is None:
        with bot_of(model or launcher.ensure_model()) as (bot, set_date):
            return run_cases(cases, bot, set_date, _show)
    possible = [case for case in cases if case.today == DEFAULT_DATE]
    print(
        f"{len(cases) - len(possible)} of {len(cases)} cases are left out: a bot that runs already keeps its date. "
        f"The others expect it to run with PROGRAMME_TODAY={DEFAULT_DATE}.",
        flush=True,
    )
    return run_cases(possible, RestBot(address), lambda date: None, _show)


def _show(done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        print(f"  {done} of {total} cases", flush=True)


def review(file: Path, *, folder: Path) -> int:
    """Puts real messages to the current model and writes what it did with them, for sorting into the training data.

    Args:
        file: the messages, one a line.
        folder: where the list goes.

    Returns:
        The exit status: 0 if the list was written.
    """
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        print(f"{file} cannot be read: {error}.", file=sys.stderr)
        return 1
    with bot_of(launcher.ensure_model()) as (bot, set_date):
        set_date(today())
        reviewed = [Reviewed(line, (bot.send(line, uuid.uuid4().hex) or (Message(""),))[0]) for line in lines]
    print(f"List: {_write_review(reviewed, folder)}")
    return 0


def _write_review(reviewed: list[Reviewed], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    encoder = SentenceEncoder(threads=os.cpu_count() or 1)
    text = "# To sort\n\nHow to: docs/improving.md.\n\n" + table(reviewed, read_examples(*TRAINING), encoder)
    new = folder / f".{REVIEW}.new"
    new.write_text(text, encoding="utf-8")
    return new.replace(folder / REVIEW)
