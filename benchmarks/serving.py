"""Measures the bot on this machine: training time, time to ready, the time of a REST turn, and memory.

Run by `make benchmark`. Prints the figures beside the targets; it fails only if something cannot be measured.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from programme_chatbot.launcher import train
from programme_chatbot.settings import PROJECT_FOLDER
from tests.trained import Bot, running_bot

TURNS_PER_CONVERSATION = 5
CONVERSATIONS = 40
QUESTIONS = (
    "When is the last day to apply?",
    "which courses are mandatory",
    "Has anyone done their thesis at Spotify?",
    "how much is the tution fee for non eu",
    "I was wondering whether there is anything on robotics in the programme.",
)


def main() -> None:
    """Measures and prints."""
    print("Training from scratch (models/ and Rasa's cache are made anew) ...", flush=True)
    for folder in ("models", ".rasa"):
        shutil.rmtree(PROJECT_FOLDER / folder, ignore_errors=True)
    start = time.monotonic()
    train()
    training = time.monotonic() - start
    start = time.monotonic()
    with running_bot(today="2025-12-01") as bot:
        ready = time.monotonic() - start
        turns = sorted(_turn_times(bot))
        memory = {name: _memory(bot, words) for name, words in (("Rasa", "rasa run"), ("action server", "rasa_sdk"))}
    print(f"training              {training:6.1f} s   (target: under 60)")
    print(f"ready after           {ready:6.1f} s   (target: under 30; action server and Rasa, with a trained model)")
    print(f"a REST turn, median   {statistics.median(turns):6.1f} ms  (target: under 30; {len(turns)} turns)")
    print(f"a REST turn, 95th     {turns[int(len(turns) * 0.95)]:6.1f} ms")
    print(f"memory of Rasa        {memory['Rasa']:6.0f} MB  (target: under 900; resident)")
    print(f"memory of the actions {memory['action server']:6.0f} MB")


def _turn_times(bot: Bot) -> list[float]:
    bot.ask(QUESTIONS[0], "warm-up")
    times = []
    for conversation in range(CONVERSATIONS):
        for turn in range(TURNS_PER_CONVERSATION):
            start = time.perf_counter()
            bot.ask(QUESTIONS[turn], f"benchmark-{conversation}")
            times.append((time.perf_counter() - start) * 1000)
    return times


def _memory(bot: Bot, words: str) -> float:
    """Returns the resident memory, in MB, of the server of the bot whose command line holds `words`."""
    servers = psutil.Process(bot.process.pid).children()
    return next(server.memory_info().rss / 1e6 for server in servers if words in " ".join(server.cmdline()))


if __name__ == "__main__":
    main()
