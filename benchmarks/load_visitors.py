"""Visitors for Locust: each has one conversation over the web channel, with pauses; every reply is checked.

`benchmarks/load.py` runs Locust with this file, in a process of its own: Locust replaces parts of the standard library.
"""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

from locust import FastHttpUser, between, task
from locust.exception import StopUser

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.load_questions import PAUSE, QUESTIONS, problem_of
from tests.visitor import PAGE


class Visitor(FastHttpUser):
    """Asks a question, reads the answer, thinks, and asks the next one."""

    wait_time = between(*PAUSE)
    default_headers = {"Origin": PAGE}  # noqa: RUF012 (Locust declares it)

    def on_start(self) -> None:
        """Starts a session; a visitor who gets none goes, and is counted as a failure."""
        # Without a body Locust's client would send an empty one in chunks, which the channel refuses.
        with self.rest("POST", "/session", json={}) as response:
            if not response.js or "token" not in response.js:
                raise StopUser
            self._headers = {"Authorization": f"Bearer {response.js['token']}"}
        begin = random.randrange(len(QUESTIONS))
        self._questions = itertools.cycle(QUESTIONS[begin:] + QUESTIONS[:begin])

    @task
    def ask(self) -> None:
        """Asks the next question."""
        text, topic = next(self._questions)
        with self.rest("POST", "/messages", json={"text": text}, headers=self._headers) as response:
            problem = problem_of(response.status_code, response.js, topic)
            if problem:
                response.failure(problem)
