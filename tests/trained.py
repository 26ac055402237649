"""The trained bot, in this process (`Reader`) and as the servers that users talk to (`running_bot`)."""

from __future__ import annotations

import asyncio
import datetime
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from rasa_sdk import Tracker

from actions.answering import answers_to, questions_of
from programme_chatbot.answers import Answer, Answerer, Context, Wording
from programme_chatbot.knowledge import load
from programme_chatbot.launcher import free_port
from programme_chatbot.settings import PROJECT_FOLDER, knowledge_file


class Reader:
    """Understands with the trained model and answers, without servers.

    Args:
        model: path of the model archive.
    """

    def __init__(self, model: Path) -> None:
        from rasa.core.agent import Agent

        self._agent = Agent.load(str(model))
        self._answerer = Answerer(load(knowledge_file()), Wording.from_domain(PROJECT_FOLDER / "domain.yml"))

    def parse(self, text: str) -> dict[str, Any]:
        """Returns what the NLU pipeline finds in a message."""
        parsed: dict[str, Any] = asyncio.run(self._agent.parse_message(text))
        return parsed

    def answers(self, text: str, today: datetime.date, context: Context | None = None) -> list[Answer]:
        """Returns the answers to a message."""
        current = context or Context()
        tracker = Tracker("test", {}, self.parse(text), [], False, None, {}, "action_listen")
        answers, _ = answers_to(self._answerer, questions_of(tracker, current), current, today)
        return [answer for answer, _ in answers]


class Bot:
    """A running bot, over its REST channel.

    Args:
        port: port of Rasa.
        action_port: port of the action server.
        demo_port: port of the demo page.
        process: the process of `programme-chatbot run`.
    """

    def __init__(self, port: int, action_port: int, demo_port: int, process: subprocess.Popen[str]) -> None:
        self.url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        self.port = port
        self.action_port = action_port
        self.page = f"http://127.0.0.1:{demo_port}/"
        self.process = process

    def messages(self, text: str, sender: str) -> list[dict[str, Any]]:
        """Sends a message and returns the bot's messages."""
        response = requests.post(self.url, json={"sender": sender, "message": text}, timeout=60)
        response.raise_for_status()
        messages: list[dict[str, Any]] = response.json()
        return messages

    def ask(self, text: str, sender: str = "") -> str:
        """Sends a message and returns the reply as one text, without the notice of a new conversation."""
        return "\n".join(message["text"] for message in self.replies(text, sender))

    def replies(self, text: str, sender: str = "") -> list[dict[str, Any]]:
        """Sends a message and returns the bot's messages, without the notice of a new conversation."""
        messages = self.messages(text, sender or os.urandom(8).hex())
        return [message for message in messages if message.get("metadata", {}).get("topic") != "social.notice"]


@contextmanager
def running_bot(today: str, *words: str, **environment: str) -> Iterator[Bot]:
    """Runs `programme-chatbot run` on free ports, with more words on the command line.

    Args:
        today: the date to go by.
        words: more words on the command line.
        environment: variables; unless told otherwise, there is no data yet.
    """
    port, action_port, demo_port = free_port(), free_port(), free_port()
    command = [sys.executable, "-m", "programme_chatbot.cli", "run", "--port", str(port)]
    data = tempfile.TemporaryDirectory()
    stores = {"PROGRAMME_DATA": data.name, "DATABASE_URL": "", "REDIS_URL": ""}
    process = subprocess.Popen(
        [*command, "--action-port", str(action_port), "--demo-port", str(demo_port), *words],
        env={**os.environ, "PROGRAMME_TODAY": today, **stores, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Ready"):
                break
        else:
            raise AssertionError("the bot did not start:\n" + "".join(lines))
        yield Bot(port, action_port, demo_port, process)
    finally:
        process.terminate()
        for _ in range(100):
            if process.poll() is not None:
                break
            time.sleep(0.2)
        else:
            process.kill()
        data.cleanup()
