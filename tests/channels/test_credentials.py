"""A channel is on once its secrets are in the environment, and says what is missing until then."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from programme_chatbot.channels.credentials import FILE, api_address, channels, read
from programme_chatbot.cli import main
from programme_chatbot.settings import PROJECT_FOLDER, SettingsError

NAMES = ("token", "api_url")
GIVEN = {"token": "${A_TOKEN}", "api_url": "${AN_ADDRESS:-https://api.example.org}"}


def test_values_come_from_the_environment() -> None:
    values, missing = read("a", GIVEN, NAMES, {"A_TOKEN": "secret"})
    assert (values, missing) == ({"token": "secret", "api_url": "https://api.example.org"}, ())
    values, _ = read("a", GIVEN, NAMES, {"A_TOKEN": "secret", "AN_ADDRESS": "http://127.0.0.1:1"})
    assert values["api_url"] == "http://127.0.0.1:1"


@pytest.mark.parametrize("environment", [{}, {"A_TOKEN": ""}, {"A_TOKEN": "  "}])
def test_a_variable_that_is_not_set_is_missing(environment: dict[str, str]) -> None:
    assert read("a", GIVEN, NAMES, environment)[1] == ("A_TOKEN",)


@pytest.mark.parametrize("value", ["a secret in a file", "", None, 5, "$A_TOKEN", "${A_TOKEN} "])
def test_a_secret_in_the_file_is_refused_without_being_shown(value: object) -> None:
    with pytest.raises(SettingsError, match="must be the name of an environment variable") as caught:
        read("a", {**GIVEN, "token": value}, NAMES, {})
    assert "secret in a file" not in str(caught.value)


@pytest.mark.parametrize("given", [None, {}, {"token": "${A_TOKEN}"}, {**GIVEN, "more": "${MORE}"}])
def test_a_setting_too_many_or_too_few_is_told(given: dict[str, Any] | None) -> None:
    with pytest.raises(SettingsError, match="these settings of a, and no others: token, api_url"):
        read("a", given, NAMES, {})


def test_the_address_of_an_api_is_encrypted_or_on_this_machine() -> None:
    assert api_address("a", "https://api.example.org/v1/") == "https://api.example.org/v1"
    assert api_address("a", "http://127.0.0.1:9/a") == "http://127.0.0.1:9/a"
    for address in (
        "http://api.example.org",
        "ftp://127.0.0.1",
        "api.example.org",
        "https://",
        "http://127.0.0.1.evil",
    ):
        with pytest.raises(SettingsError, match="must begin with https"):
            api_address("a", address)


def test_the_command_lists_channels_with_path_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_SECRET_TOKEN"):
        monkeypatch.setenv(variable, "x")
    for variable in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(variable, raising=False)
    assert main(["channels"]) == 0
    lines = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert lines["web"] == ["/webhooks/web", "on"]
    assert lines["rest"][:2] == ["/webhooks/rest", "off"]
    assert lines["telegram"] == ["/webhooks/telegram/webhook", "on"]
    assert lines["slack"] == ["/webhooks/slack/webhook", "off", "set", "SLACK_SIGNING_SECRET,", "SLACK_BOT_TOKEN"]
    assert list(lines) == ["rest", "web", "telegram", "slack", "messenger", "twilio"]


def test_the_command_lists_the_rest_channel_as_on_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REST_CHANNEL", "on")
    assert main(["channels"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["rest", "/webhooks/rest", "on"]


def test_credentials_yml_has_variables_only_and_every_one_is_documented() -> None:
    guides = "".join(page.read_text(encoding="utf-8") for page in (PROJECT_FOLDER / "docs" / "channels").glob("*.md"))
    for channel in channels({}):
        if channel.is_messaging:
            assert channel.missing
            page = (PROJECT_FOLDER / "docs" / "channels" / f"{channel.name}.md").read_text(encoding="utf-8")
            assert channel.path in page
            assert all(f"`{variable}`" in page for variable in channel.missing)
    for settings in yaml.safe_load(FILE.read_text(encoding="utf-8")).values():
        for value in settings.values():
            assert value.startswith("${")
            assert value[2:].rstrip("}").partition(":-")[0] in guides


def test_rasa_loads_credentials_yml_whatever_is_set(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from rasa.core.run import create_http_input_channels

    for channel in channels({}):
        for variable in channel.missing:
            monkeypatch.delenv(variable, raising=False)
    with caplog.at_level(logging.WARNING):
        loaded = create_http_input_channels(None, str(FILE))
    assert [channel.name() for channel in loaded] == ["rest", "web", "telegram", "slack", "messenger", "twilio"]
    told = [record.getMessage() for record in caplog.records if "is off" in record.getMessage()]
    assert told[0] == "The channel telegram is off: TELEGRAM_BOT_TOKEN, TELEGRAM_SECRET_TOKEN not set."
    assert len(told) == 4


def test_a_channel_that_is_off_is_not_there() -> None:
    from programme_chatbot.channels.messaging import OffChannel
    from programme_chatbot.channels.rest import RestChannel
    from tests.channels.web_server import EchoBot, serving_channels

    with serving_channels([RestChannel(), OffChannel("telegram"), OffChannel("slack")], EchoBot()) as app:
        for name in ("telegram", "slack"):
            answer = requests.post(f"http://127.0.0.1:{app.ctx.port}/webhooks/{name}/webhook", json={}, timeout=10)
            assert answer.status_code == 404


def test_a_mistake_in_the_settings_ends_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.shared.exceptions import InvalidConfigException

    from programme_chatbot.channels.telegram import TelegramChannel

    given = {"bot_token": "${A}", "secret_token": "${B}", "api_url": "${C:-https://api.example.org}"}
    monkeypatch.setenv("A", "1:x")
    monkeypatch.setenv("B", "too short")
    with pytest.raises(InvalidConfigException, match="openssl rand"):
        TelegramChannel.from_credentials(given)
    monkeypatch.setenv("B", "x" * 32)
    monkeypatch.setenv("MESSAGING_MESSAGES_PER_MINUTE", "many")
    with pytest.raises(InvalidConfigException, match="MESSAGING_MESSAGES_PER_MINUTE is 'many'"):
        TelegramChannel.from_credentials(given)
    with pytest.raises(InvalidConfigException, match="and no others"):
        TelegramChannel.from_credentials({})


def test_another_file_of_credentials_is_read(tmp_path: Path) -> None:
    file = tmp_path / "credentials.yml"
    file.write_text('rest:\nprogramme_chatbot.channels.slack.SlackChannel:\n  a: "${A}"\n  b: "${B:-x}"\n')
    rest, slack = channels({}, file)
    assert (rest.name, rest.missing, rest.path) == ("rest", (), "/webhooks/rest")
    assert (slack.name, slack.missing, slack.path) == ("slack", ("A",), "/webhooks/slack/webhook")
