"""The settings of the web channel: defaults, the environment first, and clear words for what makes no sense."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.exceptions import RasaException

from programme_chatbot.channels.web import WebChannel
from programme_chatbot.channels.web_settings import WebSettings
from programme_chatbot.settings import SettingsError


def test_the_defaults_are_those_of_the_design() -> None:
    settings = WebSettings.read(None, {})
    assert settings == WebSettings()
    assert (settings.max_characters, settings.max_body_bytes) == (500, 8192)
    assert (settings.messages_per_minute_session, settings.requests_per_minute_address) == (20, 300)
    assert (settings.answer_timeout_seconds, settings.trusted_proxies) == (10, 0)


def test_the_environment_goes_before_the_file() -> None:
    credentials = {"allowed_origins": ["https://a.example"], "session_hours": 2, "max_characters": 100}
    environment = {"WEB_ALLOWED_ORIGINS": "https://b.example, https://c.example:8443", "WEB_SESSION_HOURS": "0.5"}
    settings = WebSettings.read(credentials, environment)
    assert settings.allowed_origins == ("https://b.example", "https://c.example:8443")
    assert (settings.session_hours, settings.max_characters) == (0.5, 100)


def test_an_empty_variable_counts_as_unset() -> None:
    assert WebSettings.read({"trusted_proxies": 2}, {"WEB_TRUSTED_PROXIES": " "}).trusted_proxies == 2


def test_origins_are_taken_as_browsers_write_them() -> None:
    good = ["http://localhost:8000", "http://[::1]:8000", "https://www.example.org"]
    assert WebSettings.read({"allowed_origins": good}, {}).allowed_origins == tuple(good)
    assert WebSettings.read({"allowed_origins": []}, {}).allowed_origins == ()


@pytest.mark.parametrize(
    "origin",
    [
        *("*", "null", "www.example.org", "https://", "https://*.example.org", "ftp://example.org"),
        *("https://example.org/", "https://example.org/page", "https://example.org?x", "https://user@example.org"),
        *("https://Example.org", "https://exämple.org", "https://example.org:443", "http://example.org:80"),
        *("https://example.org:many", "https://example.org:99999", "https://example.org:", "https://[::1"),
    ],
)
def test_what_is_not_an_origin_is_told(origin: str) -> None:
    with pytest.raises(SettingsError, match=r"WEB_ALLOWED_ORIGINS has '.*', which is not an origin"):
        WebSettings.read({}, {"WEB_ALLOWED_ORIGINS": f"https://good.example,{origin}"})


@pytest.mark.parametrize(
    "credentials",
    [
        {"session_hours": 0},
        {"session_hours": "long"},
        {"session_hours": float("nan")},
        {"max_characters": -1},
        {"max_characters": 10.5},
        {"max_body_bytes": True},
        {"messages_per_minute_session": []},
        {"requests_per_minute_address": 0},
        {"answer_timeout_seconds": 3600},
        {"answer_timeout_seconds": "inf"},
        {"trusted_proxies": -1},
        {"allowed_origins": 5},
        {"allowed_origins": [5]},
    ],
)
def test_a_value_that_makes_no_sense_is_told_with_its_name(credentials: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(credentials))):
        WebSettings.read(credentials, {})


def test_a_setting_that_does_not_exist_is_told() -> None:
    with pytest.raises(SettingsError, match="unknown settings of the web channel: alowed_origins"):
        WebSettings.read({"alowed_origins": []}, {})


def test_rasa_shows_the_sentence_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_TRUSTED_PROXIES", "all")
    with pytest.raises(RasaException, match="WEB_TRUSTED_PROXIES is 'all'; it must be a number from 0 to 10"):
        WebChannel.from_credentials({})
