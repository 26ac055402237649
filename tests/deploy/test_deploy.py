"""The files in deploy/ agree with each other, and nginx lets visitors through to whichever worker is there."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import yaml

from programme_chatbot.launcher import free_port
from programme_chatbot.settings import PROJECT_FOLDER
from tests import services
from tests.channels.web_server import EchoBot, serving

CONFIGURATION = (PROJECT_FOLDER / "deploy" / "nginx.conf").read_text(encoding="utf-8")


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """Paths to put in the place of those in the configuration."""
    key, pem = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", str(key)]
    subprocess.run([services.program("openssl"), "req", *words, "-out", str(pem)], check=True, capture_output=True)
    return {
        "/etc/ssl/certs/chat.example.org.pem": str(pem),
        "/etc/ssl/private/chat.example.org.key": str(key),
    }


def write(folder: Path, replaced: dict[str, str]) -> list[str]:
    """Writes the configuration with some words replaced; returns the command of nginx with it."""
    inside = CONFIGURATION
    for old, new in replaced.items():
        assert old in inside
        inside = inside.replace(old, new)
    places = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    http = "\n".join([*places, "access_log off;", inside])
    file = folder / "nginx.conf"
    file.write_text(f"pid {folder}/pid;\nerror_log {folder}/log;\ndaemon off;\nevents {{}}\nhttp {{\n{http}\n}}\n")
    return [services.program("nginx"), "-c", str(file), "-p", str(folder)]


@contextmanager
def running_nginx(folder: Path, replaced: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(write(folder, replaced))
    try:
        services.eventually(lambda: services.answers(port))
        yield
    finally:
        process.terminate()
        process.wait(20)


def test_nginx_takes_the_configuration(tmp_path: Path, certificate: dict[str, str]) -> None:
    result = subprocess.run([*write(tmp_path, certificate), "-t"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr


def test_visitors_get_through_while_a_worker_is_there_and_nothing_else_does(
    tmp_path: Path, certificate: dict[str, str]
) -> None:
    address, inner = free_port(), free_port()
    page = {"Origin": "http://127.0.0.1:8000"}
    with serving(EchoBot(), trusted_proxies=1, requests_per_minute_address=20) as web:
        replaced = {
            **certificate,
            "listen 443": f"listen 127.0.0.1:{address}",
            "listen 127.0.0.1:5055": f"listen 127.0.0.1:{inner}",
            "127.0.0.1:5006": f"127.0.0.1:{free_port()}",  # this worker is down
            "127.0.0.1:5007": f"127.0.0.1:{web.port}",
        }
        with running_nginx(tmp_path, replaced, address):
            url = f"https://127.0.0.1:{address}/webhooks"

            def call(method: str, path: str, **options: object) -> requests.Response:
                return requests.request(method, f"{url}/{path}", verify=False, timeout=20, **options)  # type: ignore[arg-type]

            for _ in range(5):
                started = call("POST", "web/session", headers=page)
                assert started.status_code == 201
            assert started.headers["Access-Control-Allow-Origin"] == page["Origin"]
            token = {"Authorization": f"Bearer {started.json()['token']}"}
            answer = call("POST", "web/messages", headers={**page, **token}, json={"text": "hello"})
            assert answer.json()["messages"][0]["text"] == "You said: hello"
            assert call("POST", "web/messages", headers=token, data="x" * 20_000).status_code == 413
            for path in ("rest/webhook", "rest/", "", "webhook", "../", "web/../rest/webhook"):
                assert call("POST", path, json={"sender": "me", "message": "hello"}).status_code == 404
            # What a visitor claims to be in X-Forwarded-For does not get around the limit of an address.
            answers = [
                call("POST", "web/session", headers={"X-Forwarded-For": f"10.0.0.{number}"}).status_code
                for number in range(20)
            ]
            assert 429 in answers


def test_the_files_of_deploy_name_the_same_ports_commands_and_variables() -> None:
    units = {
        kind: (PROJECT_FOLDER / "deploy" / f"programme-chatbot-{kind}@.service").read_text(encoding="utf-8")
        for kind in ("worker", "actions")
    }
    for kind, unit in units.items():
        assert f"programme-chatbot {kind} --port %i" in unit
        for port in re.findall(rf"-{kind}@(\d+)", unit):
            assert f"server 127.0.0.1:{port};" in CONFIGURATION
    example = (PROJECT_FOLDER / "deploy" / "programme-chatbot.env.example").read_text(encoding="utf-8")
    operations = (PROJECT_FOLDER / "docs" / "operations.md").read_text(encoding="utf-8")
    for variable in re.findall(r"^([A-Z_]+)=", example, re.M):
        assert f"`{variable}`" in operations


def test_the_containers_are_behind_the_same_ports() -> None:
    compose = yaml.safe_load((PROJECT_FOLDER / "deploy" / "compose.yml").read_text(encoding="utf-8"))
    bots = [service for service in compose["services"].values() if service["image"] == "programme-chatbot"]
    assert {service["command"][0] for service in bots} == {"worker", "actions"}
    servers = re.findall(r"server 127\.0\.0\.1:(\d+);", CONFIGURATION)
    assert sorted(service["command"][2] for service in bots) == sorted(servers)
    for service in compose["services"].values():  # nothing but nginx is open to other machines
        assert service.get("network_mode") == "host" or all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_units_are_ones_that_systemd_takes(tmp_path: Path) -> None:
    command = services.program("systemd-analyze")
    for unit in (PROJECT_FOLDER / "deploy").glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        # The program and its user are on the machine where it is installed.
        text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text).replace("User=programme-chatbot\n", "")
        copy = tmp_path / unit.name.replace("@", "@5006")
        copy.write_text(text, encoding="utf-8")
        result = subprocess.run(
            [command, "verify", "--man=no", str(copy)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
        )
        assert result.returncode == 0, result.stderr
        assert copy.name not in result.stderr, result.stderr
