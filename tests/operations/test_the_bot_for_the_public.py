"""The bot as the public meets it: what it exposes, logs, counts, stores and forgets, and whom it talks to."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import requests
import yaml

from programme_chatbot.cli import main
from programme_chatbot.launcher import free_port
from programme_chatbot.operations import command
from tests.trained import Bot, running_bot

pytestmark = pytest.mark.bot
PAGE = "https://www.example.org"
WORD = "xylophones"  # stands in no answer, no source and no setting
QUESTIONS = (
    f"When is the last day to apply for {WORD}?",
    f"Tell me about {WORD} and the weather.",
    f'/inform{{"name": "{WORD}"}}',
    f"{WORD} " * 40,
)
WATCH = """
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        with open(os.environ["WATCHED_CALLS"], "a") as file:
            file.write(f"{event} {host}\\n")

sys.addaudithook(watch)
"""


class Public:
    """The running bot, with the files that it writes."""

    def __init__(self, bot: Bot, folder: Path, metrics: int) -> None:
        self.bot = bot
        self.folder = folder
        self.metrics = f"http://127.0.0.1:{metrics}/metrics"
        self.ports = {bot.port, bot.action_port, metrics}
        self.root = f"http://127.0.0.1:{bot.port}"
        self.token = ""

    def call(self, method: str, path: str, **options: object) -> requests.Response:
        headers = {"Origin": PAGE, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        return requests.request(method, f"{self.root}/webhooks/web/{path}", headers=headers, timeout=60, **options)  # type: ignore[arg-type]

    def say(self, text: str) -> requests.Response:
        if not self.token:
            self.token = self.call("POST", "session").json()["token"]
        answer = self.call("POST", "messages", json={"text": text})
        assert answer.status_code == 200, answer.text
        return answer

    def logged(self, name: str) -> str:
        return (self.folder / "logs" / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    folder = tmp_path_factory.mktemp("public")
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    metrics = free_port()
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH")))),
        "WATCHED_CALLS": str(folder / "calls"),
        "WEB_SESSION_SECRET": "a secret that only this test knows, long enough",
        "WEB_ALLOWED_ORIGINS": PAGE,
        "DATABASE_URL": f"sqlite:///{folder / 'conversations.db'}",
        "LOG_FOLDER": str(folder / "logs"),
        "LOG_FORMAT": "json",
        "METRICS_PORT": str(metrics),
    }
    action_port = free_port()
    endpoints = folder / "endpoints.yml"
    content = {
        "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook", "enable_selective_domain": True},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "conversations.db")},
    }
    endpoints.write_text(yaml.safe_dump(content), encoding="utf-8")
    words = ("--production", "--action-port", str(action_port), "--", "--endpoints", str(endpoints))
    with running_bot("2025-12-01", *words, **environment) as bot:
        bot.action_port = action_port
        running = Public(bot, folder, metrics)
        for question in QUESTIONS:
            running.say(question)
        yield running


def test_only_the_web_channel_is_there(public: Public) -> None:
    for method, path in (
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/status"),
        ("GET", "/version"),
        ("GET", "/domain"),
        ("PUT", "/model"),
        ("POST", "/model/parse"),
        ("POST", "/model/train"),
        ("GET", "/conversations/web-x/tracker"),
        ("POST", "/webhooks/callback/webhook"),
        ("GET", "/socket.io/"),
    ):
        body = {"sender": "me", "message": "hello", "text": "hello"}
        answer = requests.request(method, public.root + path, json=body, timeout=10)
        assert answer.status_code in (404, 405), path
        assert "Traceback" not in answer.text


def test_nothing_listens_but_the_two_servers_and_the_figures_and_only_on_this_machine(public: Public) -> None:
    launcher = psutil.Process(public.bot.process.pid)
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for process in (launcher, *launcher.children(recursive=True))
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", port) for port in public.ports}


def test_nobody_else_is_asked(public: Public) -> None:
    calls = {line.split()[1] for line in (public.folder / "calls").read_text(encoding="utf-8").splitlines()}
    assert calls  # of Rasa to the action server
    assert calls <= {"127.0.0.1", "localhost"}


def test_logs_hold_no_message_text(public: Public) -> None:
    for name in ("rasa.log", "actions.log"):
        assert "answered" in public.logged(name).lower() or "handled" in public.logged(name)
        assert WORD not in public.logged(name).lower()


def test_logs_hold_no_secret(public: Public) -> None:
    public.say("hello")
    for name in ("rasa.log", "actions.log"):
        assert "only this test knows" not in public.logged(name)
        assert public.token not in public.logged(name)


def test_a_message_can_be_followed_by_its_id_through_channel_action_and_database(
    public: Public, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    id_ = public.say("Which courses are mandatory?").headers["X-Request-Id"]
    for name, logger in (("rasa.log", "programme_chatbot.channels.observing"), ("actions.log", "actions.answering")):
        lines = [json.loads(line) for line in public.logged(name).splitlines() if line.startswith("{")]
        (line,) = [line for line in lines if line.get("request_id") == id_]
        assert line["logger"] == logger
    with closing(sqlite3.connect(public.folder / "conversations.db")) as database:
        rows = database.execute("select data from events where type_name = 'user'").fetchall()
    assert id_ in [json.loads(data)["message_id"] for (data,) in rows]


def test_the_figures_count_what_was_said(public: Public) -> None:
    figures = requests.get(public.metrics, timeout=10).text
    lines = dict(line.rsplit(" ", 1) for line in figures.splitlines() if not line.startswith("#"))
    assert float(lines['chatbot_messages_total{channel="web"}']) >= len(QUESTIONS)
    assert float(lines['chatbot_replies_total{channel="web",status="answered"}']) >= 1
    assert WORD not in figures


def test_the_report_is_made_of_what_the_bot_has_stored(
    public: Public, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{public.folder / 'conversations.db'}")
    training = public.folder / "nlu.yml"  # the real examples take long to compare with
    training.write_text("nlu:\n- intent: greet\n  examples: |\n    - hello\n", encoding="utf-8")
    monkeypatch.setattr(command, "TRAINING", (training,))
    (*_, message) = public.say("How much is tuition?").json()["messages"]
    assert public.call("POST", "feedback", json={"message": message["id"], "value": "down"}).status_code == 204
    assert main(["report", "--since", "1d"]) == 0
    report = capsys.readouterr().out
    assert "fees.tuition" in report
    assert WORD in report
    rated = report.split("## Rated as not helpful")[1]
    assert "| How much is tuition? | fees.tuition | unknown |" in rated


def test_a_conversation_that_is_forgotten_is_gone_for_the_running_bot_too(
    public: Public, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import jwt

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{public.folder / 'conversations.db'}")
    other = Public(public.bot, public.folder, 0)
    other.say(f"What are {WORD}?")
    session = jwt.decode(other.token, options={"verify_signature": False})["sub"]
    assert main(["forget", "--session", session]) == 0
    assert other.call("GET", "history").json() == {"messages": []}
    assert public.call("GET", "history").json()["messages"]
    assert main(["forget", "--session", session]) == 1


def test_run_deletes_old_conversations_by_itself(tmp_path: Path) -> None:
    from tests.operations.conftest import NOW, Conversations

    url = f"sqlite:///{tmp_path / 'conversations.db'}"
    conversations = Conversations(url)
    conversations.add("old", {"text": "x"}, days_ago=400 + (time.time() - NOW.timestamp()) / -86_400)
    with running_bot("2025-12-01", DATABASE_URL=url, RETENTION_DAYS="30", LOG_FOLDER=str(tmp_path / "logs")):
        deadline = time.monotonic() + 30
        while conversations.senders() and time.monotonic() < deadline:
            time.sleep(0.2)
    assert conversations.senders() == set()
    conversations.store.engine.dispose()
