"""Where the time of a start and of a turn goes, for the report of the benchmark."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from programme_chatbot import launcher
from programme_chatbot.storage import DATA_VARIABLE, DATABASE_VARIABLE, REDIS_VARIABLE

TURNS = 100
QUESTIONS = ("When is the last day to apply?", "which courses are mandatory", "and how many credits are they?")
IMPORTS = {
    "importing Rasa": "import rasa.core.agent, rasa.core.run",
    "of that TensorFlow": "import tensorflow",
}


def report(model: Path) -> str:
    """Returns the profile as Markdown.

    Args:
        model: the model to profile.
    """
    starts = {name: _seconds_of(code) for name, code in IMPORTS.items()}
    with tempfile.TemporaryDirectory() as data:
        os.environ.update({DATA_VARIABLE: data, DATABASE_VARIABLE: "", REDIS_VARIABLE: ""})
        port = launcher.free_port()
        with launcher.action_server(port):
            os.environ[launcher.ACTIONS_VARIABLE] = f"http://{launcher.HOST}:{port}/webhook"
            loading, parts = asyncio.run(_turns(model, port))
    starts["loading the model"] = loading
    whole = statistics.median(parts.pop("whole turn"))
    medians = {name: statistics.median(values) for name, values in parts.items()}
    medians["all else (event loop, policies, copying)"] = whole - sum(medians.values())
    rows = [f"| {name} | {seconds:.1f} s |" for name, seconds in starts.items()]
    turn = [f"| {name} | {value * 1000:.1f} ms | {value / whole:.0%} |" for name, value in medians.items()]
    return (
        "## Where the time goes\n\n| start | |\n| --- | --- |\n" + "\n".join(rows) + "\n\n"
        f"| of a turn (median of {TURNS}, in process, {whole * 1000:.1f} ms) | | |\n| --- | --- | --- |\n"
        + "\n".join(turn)
        + "\n"
    )


def _seconds_of(code: str) -> float:
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


async def _turns(model: Path, action_port: int) -> tuple[float, dict[str, list[float]]]:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    endpoints = AvailableEndpoints.read_endpoints(str(launcher.PROJECT_FOLDER / "endpoints.yml"))
    endpoints.action = EndpointConfig(f"http://{launcher.HOST}:{action_port}/webhook", enable_selective_domain=True)
    start = time.monotonic()
    agent: Any = await load_agent(model_path=str(model), endpoints=endpoints)
    loading = time.monotonic() - start
    parts: dict[str, list[float]] = defaultdict(list)
    _time(parts, agent.processor, "parse_message", "understanding the message")
    _time(parts, agent.processor.action_endpoint, "request", "the action server, there and back")
    _time(parts, agent.processor.tracker_store, "retrieve", "reading the conversation")
    _time(parts, agent.processor.tracker_store, "save", "storing the conversation")
    for number in range(TURNS + 3):
        if number == 3:  # the first ones warm up
            parts.clear()
        start = time.perf_counter()
        await agent.handle_message(
            UserMessage(QUESTIONS[number % len(QUESTIONS)], CollectingOutputChannel(), f"profile-{number // 5}")
        )
        parts["whole turn"].append(time.perf_counter() - start)
    return loading, dict(parts)


def _time(parts: dict[str, list[float]], owner: Any, method: str, name: str) -> None:
    """Notes how long a method takes at each call."""
    original: Callable[..., Any] = getattr(owner, method)

    async def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return await original(*arguments, **options)
        finally:
            parts[name].append(time.perf_counter() - start)

    setattr(owner, method, timed)
