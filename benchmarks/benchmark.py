"""Measures this bot beside Rasa's default pipeline, alternating, on this machine; run by `make benchmark`.

Accuracy on the evaluation cases, training time, time to ready, resident memory, the time of a REST turn and turns a
second with 20 users. Both have the same data, domain, rules, actions, channels and stores. Writes reports/benchmark.md
with a picture, and where the time of a turn goes. `--epochs` as for `make evaluate-baseline`.
"""

from __future__ import annotations

import datetime
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import turn_profile
from benchmarks.baseline import compare, read_epochs, trained
from programme_chatbot import launcher
from programme_chatbot.evaluation.command import REPORTS
from programme_chatbot.evaluation.running import RestBot

matplotlib.use("Agg")  # no display is needed
from matplotlib import pyplot as plt

TODAY = datetime.date(2025, 12, 1)
ROUNDS = 2
CONVERSATIONS = 20
USERS, TURNS_OF_A_USER = 20, 10
QUESTIONS = (
    "When is the last day to apply?",
    "which courses are mandatory",
    "Has anyone done their thesis at Spotify?",
    "how much is the tution fee for non eu",
    "I was wondering whether there is anything on robotics in the programme.",
)
REPORT, PICTURE = REPORTS / "benchmark.md", REPORTS / "benchmark.png"


@dataclass
class Measured:
    """What was measured of one bot, a value for each round.

    Args:
        ready: seconds from start to the first answer that it gives.
        memory: resident memory of Rasa, MB.
        turns: milliseconds of all turns.
        throughput: turns a second with several users.
    """

    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    throughput: list[float] = field(default_factory=list)


def main() -> None:
    """Measures both and writes the report."""
    baseline = trained(read_epochs(__doc__ or ""))
    training = _training_seconds()
    models = {"ours": launcher.ensure_model(), "theirs": baseline.model}
    measured = {name: Measured() for name in models}
    for number in range(ROUNDS):
        for name, model in models.items():
            print(f"Round {number + 1} of {ROUNDS}: {name} ...", flush=True)
            _measure(model, measured[name])
    right = compare(baseline)
    ours, theirs = measured["ours"], measured["theirs"]
    rows = [
        ("wrong cases of the evaluation", "%", 100 * (1 - right[0].value), 100 * (1 - right[1].value), "at most 1/2"),
        ("training", "s", training, baseline.full_seconds, "at most 1/10"),
        ("ready after", "s", _middle(ours.ready), _middle(theirs.ready), "at most 0.6"),
        ("memory of Rasa", "MB", _middle(ours.memory), _middle(theirs.memory), "at most 0.6"),
        ("a REST turn, median", "ms", _middle(ours.turns), _middle(theirs.turns), "at most 1/3"),
        ("a REST turn, 95th percentile", "ms", _percentile(ours.turns), _percentile(theirs.turns), "at most 1/3"),
        (f"turns a second, {USERS} users", "", _middle(ours.throughput), _middle(theirs.throughput), "at least 3"),
    ]
    lines = [f"| | this bot | {baseline.name} | ratio | target |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {name} | {a:.1f} {unit} | {b:.1f} {unit} | {a / b:.2f} | {target} |" for name, unit, a, b, target in rows
    ]
    extrapolated = ""
    if baseline.full_seconds != baseline.seconds:
        took = f"{baseline.epochs} epochs took {baseline.seconds:.0f} s"
        extrapolated = f" Of the baseline {took}; the time in the table is extrapolated to all."
    _draw([(name, a / b) for name, _, a, b, _ in rows], PICTURE)
    REPORTS.mkdir(exist_ok=True)
    REPORT.write_text(
        "# Benchmark\n\n"
        "This bot and Rasa's default pipeline (`rasa init`) on the same data, domain, rules and actions, on "
        f"{os.cpu_count()} cores, in {ROUNDS} alternating rounds; medians. Made by `make benchmark`.{extrapolated}\n\n"
        + "\n".join(lines)
        + f"\n\n![Ratios]({PICTURE.name})\n\n{turn_profile.report(models['ours'])}",
        encoding="utf-8",
    )
    print("\n".join(lines) + f"\nReport: {REPORT}")


def _training_seconds() -> float:
    """Trains from scratch, without Rasa's cache, beside the model that is there."""
    with tempfile.TemporaryDirectory() as folder:
        print("Training from scratch ...", flush=True)
        start = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "rasa", "train", "--out", folder, "--force"],
            cwd=launcher.PROJECT_FOLDER,
            env={**os.environ, "RASA_CACHE_DIRECTORY": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return time.monotonic() - start


def _measure(model: Path, measured: Measured) -> None:
    port, action_port = launcher.free_port(), launcher.free_port()
    start = time.monotonic()
    with launcher.serving(model, rasa_port=port, action_port=action_port) as set_date:
        set_date(TODAY)
        bot = RestBot(launcher.rest_address(port))
        bot.send(QUESTIONS[0], "first")
        measured.ready.append(time.monotonic() - start)
        for conversation in range(CONVERSATIONS):
            for question in QUESTIONS:
                measured.turns.append(_timed(bot, question, f"conversation-{conversation}") * 1000)
        start = time.monotonic()
        with ThreadPoolExecutor(USERS) as users:
            list(users.map(lambda user: _talk(port, user), range(USERS)))
        measured.throughput.append(USERS * TURNS_OF_A_USER / (time.monotonic() - start))
        measured.memory.append(_memory())


def _talk(port: int, user: int) -> None:
    bot = RestBot(launcher.rest_address(port))
    for turn in range(TURNS_OF_A_USER):
        bot.send(QUESTIONS[turn % len(QUESTIONS)], f"user-{user}")


def _timed(bot: RestBot, text: str, sender: str) -> float:
    start = time.perf_counter()
    bot.send(text, sender)
    return time.perf_counter() - start


def _memory() -> float:
    """Returns the resident memory, in MB, of the Rasa that this process has started."""
    servers = psutil.Process().children(recursive=True)
    return max(server.memory_info().rss / 1e6 for server in servers if "rasa" in server.cmdline())


def _middle(values: list[float]) -> float:
    return statistics.median(values)


def _percentile(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _draw(ratios: list[tuple[str, float]], file: Path) -> None:
    figure, axes = plt.subplots(figsize=(8, 3.6))
    names, values = zip(*reversed(ratios), strict=True)
    axes.barh(names, values, color="#004791")
    axes.axvline(1, color="#d85497")
    axes.set_xscale("log")
    axes.set_xlabel("this bot / Rasa's default pipeline (the line is 1; logarithmic)")
    for index, value in enumerate(values):
        axes.text(value, index, f" {value:.2f}", va="center", fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main()
