"""The servers start, stop and fail together, and say why in one sentence."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

from programme_chatbot import launcher
from programme_chatbot.cli import main
from tests.trained import Bot, free_port, running_bot


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=launcher.PROJECT_FOLDER,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.mark.parametrize("words", [["run"], ["shell"]])
def test_a_taken_port_is_told_in_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main([*words, "--port", port, "--action-port", str(free_port())]) == 1
    assert capsys.readouterr().err.strip().startswith(f"Port {port} is taken")


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", f"--port={port}"])
    assert caught.value.code == 2
    assert "is not a port" in capsys.readouterr().err


def test_a_wrong_date_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROGRAMME_TODAY", "tomorrow")
    assert main(["topics"]) == 1
    assert "PROGRAMME_TODAY is 'tomorrow', which is not a date" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["WEB_SESSION_SECRET", "WEB_ALLOWED_ORIGINS"])
def test_nothing_is_served_to_the_public_without_secret_and_origins(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_SESSION_SECRET", "x" * 32)
    monkeypatch.setenv("WEB_ALLOWED_ORIGINS", "https://www.example.org")
    monkeypatch.setenv(missing, " ")
    assert main(["run", "--production"]) == 1
    assert capsys.readouterr().err.startswith(f"{missing} is not set: ")


def test_rasa_s_http_api_is_not_served_to_the_public(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_SESSION_SECRET", "x" * 32)
    monkeypatch.setenv("WEB_ALLOWED_ORIGINS", "https://www.example.org")
    assert main(["run", "--production", "--", "--enable-api"]) == 1
    assert "not for the public" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value"), [("RETENTION_DAYS", "0"), ("RETENTION_DAYS", "never"), ("METRICS_PORT", "99999")]
)
def test_a_number_that_makes_no_sense_is_told_in_one_sentence(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(["run", "--port", str(free_port()), "--action-port", str(free_port())]) == 1
    assert f"{variable} is '{value}'; it must be a whole number from 1 to" in capsys.readouterr().err


def test_a_model_made_of_other_inputs_is_not_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "MODELS", tmp_path)
    assert not launcher.model_is_current()
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"")
    assert not launcher.model_is_current()
    launcher._stamp_of(model).write_text(launcher._inputs_hash(), encoding="utf-8")
    assert launcher.model_is_current()
    edited = _edited_knowledge(tmp_path, "name: Spotify,", "name: Spotify AB,")
    monkeypatch.setenv("PROGRAMME_KNOWLEDGE", str(edited))
    assert not launcher.model_is_current()


def test_a_changed_date_needs_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = launcher._inputs_hash()
    monkeypatch.setenv("PROGRAMME_KNOWLEDGE", str(_edited_knowledge(tmp_path, "2026-01-15", "2026-01-19")))
    assert launcher._inputs_hash() == before


def test_a_worker_without_a_model_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher, "MODELS", tmp_path)
    assert main(["worker", "--port", str(free_port())]) == 1
    assert capsys.readouterr().err.strip() == "There is no model; make one with `programme-chatbot train`."


def test_one_port_for_both_servers_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    port = str(free_port())
    assert main(["run", "--port", port, "--action-port", port]) == 1
    assert "cannot share a port" in capsys.readouterr().err


@pytest.mark.bot
@pytest.mark.parametrize(
    "words",
    [
        ["rasa", "train"],
        ["rasa", "run", "-i", "127.0.0.1", "-p", "5994"],
        ["rasa_sdk", "--actions", "actions", "-p", "5993"],
        ["programme_chatbot.cli", "run"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_training_and_servers_refuse_an_invalid_knowledge_file(tmp_path: Path, words: list[str]) -> None:
    invalid = tmp_path / "knowledge.yml"
    invalid.write_text("sources: 3\n", encoding="utf-8")
    result = run(*words, PROGRAMME_KNOWLEDGE=str(invalid))
    assert result.returncode == 1
    assert f"{invalid} is not a valid knowledge file" in result.stdout + result.stderr


@pytest.mark.bot
def test_an_edited_date_is_what_the_bot_says_after_a_restart(tmp_path: Path) -> None:
    edited = _edited_knowledge(tmp_path, "last_day: 2026-01-15", "last_day: 2026-01-19")
    with running_bot("2025-12-01", PROGRAMME_KNOWLEDGE=str(edited)) as bot:
        assert "19 January 2026" in bot.ask("When is the last day to apply?")


@pytest.mark.bot
@pytest.mark.parametrize("kept", [0, 0.5], ids=["no archive", "half an archive"])
def test_a_model_that_cannot_be_loaded_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept: float
) -> None:
    whole = launcher.ensure_model().read_bytes()
    model = tmp_path / "model.tar.gz"
    model.write_bytes(whole[: int(len(whole) * kept)] or b"not an archive")
    launcher._stamp_of(model).write_text(launcher._inputs_hash(), encoding="utf-8")
    monkeypatch.setattr(launcher, "MODELS", tmp_path)
    assert main(["run", "--port", str(free_port()), "--action-port", str(free_port())]) == 1
    assert "The model cannot be loaded" in capsys.readouterr().err


@pytest.mark.bot
def test_when_one_server_dies_the_other_is_stopped_and_it_says_so() -> None:
    with running_bot("2025-12-01") as bot:
        servers = _children(bot)
        next(server for server in servers if "rasa_sdk" in " ".join(server.cmdline())).kill()
        assert bot.process.wait(30) == 1
        assert bot.process.stdout is not None
        assert "The action server has ended unexpectedly" in bot.process.stdout.read()
        assert not _alive(servers)


@pytest.mark.bot
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_interrupt_stops_both_servers(number: signal.Signals) -> None:
    with running_bot("2025-12-01") as bot:
        servers = _children(bot)
        assert len(servers) == 2
        bot.process.send_signal(number)
        assert bot.process.wait(30) == 0
        assert not _alive(servers)


@pytest.mark.bot
def test_both_servers_listen_on_this_machine_only(bot: Bot) -> None:
    addresses = {
        connection.laddr.ip
        for server in _children(bot)
        for connection in server.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def _edited_knowledge(folder: Path, old: str, new: str) -> Path:
    text = (launcher.PROJECT_FOLDER / "knowledge" / "msc-machine-learning.yml").read_text(encoding="utf-8")
    assert old in text
    edited = folder / "knowledge.yml"
    edited.write_text(text.replace(old, new), encoding="utf-8")
    return edited


def _children(bot: Bot) -> list[psutil.Process]:
    return psutil.Process(bot.process.pid).children()


def _alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    for _ in range(50):
        alive = [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        if not alive:
            return []
        time.sleep(0.1)
    return alive


@pytest.mark.bot
def test_the_demo_page_is_served_with_the_chat_of_this_bot_and_a_strict_policy(bot: Bot) -> None:
    page = requests.get(bot.page, timeout=10)
    assert f'server="http://127.0.0.1:{bot.port}/webhooks/web"' in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert (
        requests.get(f"{bot.page}programme-chat.js", timeout=10).headers["Content-Type"].startswith("text/javascript")
    )
    assert requests.get(f"{bot.page}../pyproject.toml", timeout=10).status_code == 404


def test_the_widget_is_at_most_25_kb_gzip() -> None:
    content = (launcher.PROJECT_FOLDER / "widget" / "programme-chat.js").read_bytes()
    assert len(gzip.compress(content)) <= 25_000
