"""Measures the running bot under load, over the web channel, and writes reports/load.md with a picture.

Run by `make load-test`, some fifteen minutes: the servers' memory over many conversations, visitors at once (Locust),
and the turns of long conversations. Starts servers of its own, on free ports, with a database that goes away.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import load_report
from benchmarks.load_questions import QUESTIONS, problem_of
from programme_chatbot.launcher import ensure_model, interruptible
from programme_chatbot.settings import PROJECT_FOLDER
from tests.trained import Bot, running_bot
from tests.visitor import PAGE, Visitor

REPORT, PICTURE = "load.md", "load.png"
TODAY = "2025-12-01"
AT_ONCE = 4  # as many as a worker works on
BETWEEN_LOOKS = 100  # conversations, at the memory
LONG_CONVERSATIONS = 10
SECONDS_TO_FINISH = 30  # for the last answers of a stage
# The limits are for one visitor and one address; here all have the same address, and long talks have no pauses.
SETTINGS = {
    "WEB_ALLOWED_ORIGINS": PAGE,
    "WEB_REQUESTS_PER_MINUTE_ADDRESS": "1000000",
    "WEB_MESSAGES_PER_MINUTE_SESSION": "100000",
}


def main(arguments: list[str] | None = None) -> None:
    """Measures and writes the report."""
    options = _options(arguments)
    ensure_model()
    with interruptible(), running_bot(TODAY, **SETTINGS) as bot:
        memory = remember(bot, options.conversations)  # first, before anything else has made the servers grow
        stages = [visit(bot, users, options.seconds) for users in options.users]
        long = talk_long(bot, options.turns)
    options.reports.mkdir(exist_ok=True)
    report = load_report.render(f"{os.cpu_count()} cores", stages, memory, long, PICTURE)
    (options.reports / REPORT).write_text(report, encoding="utf-8")
    load_report.draw(stages, memory, long, options.reports / PICTURE)
    print(f"{report}\nReport: {options.reports / REPORT}")


def remember(bot: Bot, conversations: int) -> load_report.Memory:
    """Has many conversations of one question, some at once; returns the memory of the servers meanwhile."""
    print(f"{conversations:,} conversations of one question ...", flush=True)
    servers = psutil.Process(bot.process.pid).children()
    rasa, actions = (
        next(server for server in servers if words in " ".join(server.cmdline())) for words in ("rasa run", "rasa_sdk")
    )
    looks: list[tuple[int, float, float]] = []
    failures = 0
    cores, start = _Cores(bot), time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as visitors:
        for had in range(0, conversations, BETWEEN_LOOKS):
            more = range(had, min(had + BETWEEN_LOOKS, conversations))
            failures += sum(visitors.map(lambda number: _talk(bot, 1, number)[1], more))
            looks.append((more[-1] + 1, *(server.memory_info().rss / 1e6 for server in (rasa, actions))))
    seconds = time.monotonic() - start
    counts, of_rasa, of_actions = (list(column) for column in zip(*looks, strict=True))
    return load_report.Memory(counts, of_rasa, of_actions, seconds, failures, cores.of_others())


def visit(bot: Bot, users: int, seconds: int) -> load_report.Stage:
    """Lets visitors talk at once; returns what Locust measured."""
    print(f"{users} visitors at once, {seconds} s ...", flush=True)
    command = [
        *(sys.executable, "-m", "locust", "--headless", "--only-summary"),
        *("--locustfile", str(Path(__file__).with_name("load_visitors.py"))),
        *("--host", f"http://127.0.0.1:{bot.port}/webhooks/web"),
        # All have come after a tenth of the time, so that they do not ask in step.
        *("--users", str(users), "--spawn-rate", str(max(1, 10 * users / seconds))),
        *("--run-time", f"{seconds}s", "--stop-timeout", str(SECONDS_TO_FINISH)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "locust"
        start = _Cores(bot)
        # A failure of a visitor ends Locust with status 1, too, so what it has counted tells how it went.
        run = subprocess.run([*command, "--csv", str(prefix)], capture_output=True, text=True, check=False)
        files = [prefix.with_name(f"locust_{kind}.csv") for kind in ("stats", "failures")]
        try:
            return load_report.read_stage(users, start.of_others(), *files)
        except (OSError, ValueError) as error:
            raise SystemExit(f"{run.stdout}{run.stderr}\nLocust has measured nothing ({error}).") from None


def talk_long(bot: Bot, turns: int) -> load_report.Long:
    """Has long conversations, one after another; returns the time of each turn."""
    print(f"{LONG_CONVERSATIONS} conversations of {turns} turns ...", flush=True)
    start = _Cores(bot)
    talks = [_talk(bot, turns) for _ in range(LONG_CONVERSATIONS)]
    failures = sum(talk_failures for _, talk_failures in talks)
    return load_report.Long([times for times, _ in talks], failures, start.of_others())


def _talk(bot: Bot, turns: int, begin: int = 0) -> tuple[list[float], int]:
    """Has a conversation; returns the milliseconds of each turn, and how many replies were not the expected answer."""
    visitor = Visitor(bot.port)
    times = []
    failures = 0
    for text, topic in itertools.islice(itertools.cycle(QUESTIONS), begin % len(QUESTIONS), None):
        start = time.perf_counter()
        answer = visitor.try_to_say(bot.port, text)
        times.append((time.perf_counter() - start) * 1000)
        failures += bool(problem_of(answer.status_code, answer.json(), topic))
        if len(times) == turns:
            break
    return times, failures


class _Cores:
    """How many cores other programs use, from now on.

    Args:
        bot: whose processes are ours, like this one and those that it has waited for.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = psutil.Process(bot.process.pid)
        self._begin = self._used()

    def of_others(self) -> float:
        """Returns how many cores others have used on average."""
        (time_before, all_before, own_before), (time_now, all_now, own_now) = self._begin, self._used()
        return ((all_now - all_before) - (own_now - own_before)) / (time_now - time_before)

    def _used(self) -> tuple[float, float, float]:
        machine = psutil.cpu_times()
        own = [process.cpu_times() for process in (self._bot, *self._bot.children(recursive=True))]
        own_and_waited_for = os.times()
        return (
            time.monotonic(),
            sum(machine) - machine.idle - getattr(machine, "iowait", 0.0),
            sum(part.user + part.system for part in own) + sum(own_and_waited_for[:4]),
        )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    one, two = _at_least(1), _at_least(2)
    parser.add_argument("--users", type=one, nargs="+", default=[1, 10, 50, 200], help="visitors at once, in turn")
    parser.add_argument("--seconds", type=one, default=120, help="how long they talk (default: 120)")
    parser.add_argument("--conversations", type=one, default=5000, help="for the memory (default: 5000)")
    parser.add_argument("--turns", type=two, default=200, help="of a long conversation (default: 200)")
    parser.add_argument("--reports", type=Path, default=PROJECT_FOLDER / "reports", help="folder to write to")
    return parser.parse_args(arguments)


def _at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least {least}")
        return int(text)

    return read


if __name__ == "__main__":
    main()
