from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from programme_chatbot.launcher import ensure_model
from programme_chatbot.settings import PROJECT_FOLDER
from tests.trained import Bot, free_port

pytestmark = pytest.mark.bot


def test_a_sentence_instead_of_silence() -> None:
    port = free_port()
    command = [sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)]
    endpoints = PROJECT_FOLDER / "tests" / "conversations" / "no_action_server.yml"
    process = subprocess.Popen(
        [*command, "--model", str(ensure_model()), "--endpoints", str(endpoints)],
        cwd=PROJECT_FOLDER,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "REST_CHANNEL": "on"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        bot = Bot(port, 0, 0, process)
        reply = _first_reply(bot)
        assert "failed" in reply
        assert "failed" in bot.ask("Which courses are mandatory?", "down")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _first_reply(bot: Bot) -> str:
    for _ in range(120):
        try:
            return bot.ask("When is the last day to apply?", "down")
        except OSError:
            assert bot.process.poll() is None
            time.sleep(0.5)
    raise AssertionError("Rasa did not start")
