"""The settings of the web channel: from credentials.yml, each to be overridden by an environment variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from programme_chatbot.channels.values import number, whole
from programme_chatbot.settings import SettingsError

ENVIRONMENT_PREFIX = "WEB_"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True)
class WebSettings:
    """The settings; the environment variable of each is its name in capitals after `WEB_`.

    Args:
        allowed_origins: pages that may use the channel, as browsers name them: scheme, host and port.
        session_hours: how long a conversation can be continued.
        max_characters: how long a message may be.
        max_body_bytes: how large the body of a request may be.
        messages_per_minute_session: how many messages, and how many ratings, a conversation may send.
        requests_per_minute_address: how many requests an address may send; a campus shares one.
        answer_timeout_seconds: when to give up an answer.
        trusted_proxies: how many proxies stand before the channel, whose X-Forwarded-For is believed.
    """

    allowed_origins: tuple[str, ...] = ("http://127.0.0.1:8000", "http://localhost:8000")
    session_hours: float = 24.0
    max_characters: int = 500
    max_body_bytes: int = 8192
    messages_per_minute_session: int = 20
    requests_per_minute_address: int = 300
    answer_timeout_seconds: float = 10.0
    trusted_proxies: int = 0

    @classmethod
    def read(cls, credentials: Mapping[str, object] | None, environment: Mapping[str, str]) -> WebSettings:
        """Reads the settings.

        Args:
            credentials: what credentials.yml says under the name of the channel.
            environment: the environment variables; an empty one counts as unset.

        Returns:
            The settings, with defaults for what is not set.

        Raises:
            SettingsError: if a setting is unknown or makes no sense.
        """
        credentials = credentials or {}
        names = [field.name for field in fields(cls)]
        if unknown := sorted(set(credentials) - set(names)):
            raise SettingsError(f"credentials.yml has unknown settings of the web channel: {', '.join(unknown)}.")
        given: dict[str, tuple[str, object]] = {}
        for name in names:
            variable = ENVIRONMENT_PREFIX + name.upper()
            if environment.get(variable, "").strip():
                given[name] = (variable, environment[variable])
            elif credentials.get(name) is not None:
                given[name] = (f"{name} of the web channel in credentials.yml", credentials[name])
        return cls(**{name: _READERS[name](*setting) for name, setting in given.items()})  # type: ignore[arg-type]


def _origins(source: str, value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise SettingsError(f"{source} is not a list of origins such as https://www.example.org.")
    return tuple(_origin(source, part.strip()) for part in parts if part.strip())


def _origin(source: str, value: str) -> str:
    """Returns an origin if it is written as browsers write it, as it is compared letter by letter."""
    sentence = f"{source} has '{value}', which is not an origin as browsers send it, such as https://www.example.org"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise SettingsError(f"{sentence}.") from None
    default_port = _DEFAULT_PORTS.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    as_sent = f"{parts.scheme}://{host}{f':{port}' if port is not None else ''}"
    if default_port is None or not parts.hostname or "*" in value or not value.isascii() or value != as_sent:
        raise SettingsError(f"{sentence} (no path, no capitals, no pattern).")
    if value.endswith(default_port):
        raise SettingsError(f"{sentence} (they leave out {default_port}).")
    return value


_READERS: dict[str, Callable[[str, object], object]] = {
    "allowed_origins": _origins,
    "session_hours": lambda source, value: number(source, value, 0.01, 24 * 31),
    "max_characters": lambda source, value: whole(source, value, 1, 4000),  # the NLU reads no more
    "max_body_bytes": lambda source, value: whole(source, value, 256, 1_000_000),
    "messages_per_minute_session": lambda source, value: whole(source, value, 1, 100_000),
    "requests_per_minute_address": lambda source, value: whole(source, value, 1, 1_000_000),
    "answer_timeout_seconds": lambda source, value: number(source, value, 0.1, 50),  # Sanic gives up after 60 s
    "trusted_proxies": lambda source, value: whole(source, value, 0, 10),
}
