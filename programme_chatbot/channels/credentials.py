"""What credentials.yml says of the messaging channels: which variables hold their secrets, and which are not set.

Rasa stops at once when a variable that credentials.yml names is not set, unless the name stands in quotes: then Rasa
hands it on as it is, and it is read here. So a channel without its secrets is off, and all others work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from programme_chatbot.settings import PROJECT_FOLDER, SettingsError

FILE = PROJECT_FOLDER / "credentials.yml"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-(.*))?\}")
_PACKAGE = "programme_chatbot.channels."
_OWN_MACHINE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Channel:
    """A channel of credentials.yml.

    Args:
        name: its name, which is part of its address.
        missing: the variables that it needs and that are not set; if there are any, the channel is off.
        is_messaging: whether it belongs to a messaging service.
    """

    name: str
    missing: tuple[str, ...]
    is_messaging: bool

    @property
    def path(self) -> str:
        """Where it listens."""
        return f"/webhooks/{self.name}/webhook" if self.is_messaging else f"/webhooks/{self.name}"


def read(
    channel: str, credentials: Mapping[str, object] | None, names: tuple[str, ...], environment: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Reads the settings of a messaging channel.

    Args:
        channel: name of the channel.
        credentials: what credentials.yml says under it: a variable for each setting, as "${NAME}" or, for what need
            not be set, "${NAME:-value}".
        names: the settings that there are.
        environment: the environment variables; an empty one counts as not set.

    Returns:
        The values by name, and the variables that are needed and not set.

    Raises:
        SettingsError: if a setting is unknown, left out, or something else than a variable.
    """
    credentials = credentials or {}
    if credentials.keys() != set(names):
        raise SettingsError(
            f"credentials.yml must have these settings of {channel}, and no others: {', '.join(names)}."
        )
    values, missing = {}, []
    for name in names:
        match = _VARIABLE.fullmatch(str(credentials[name]))
        if match is None:  # which may be a secret: it is not shown
            raise SettingsError(
                f"{name} of {channel} in credentials.yml must be the name of an environment variable, in quotes: "
                f'"${{{channel.upper()}_{name.upper()}}}"; its value belongs in the environment.'
            )
        variable, default = match.groups()
        value = environment.get(variable, "").strip() or default
        if value:
            values[name] = value
        else:
            missing.append(variable)
    return values, tuple(missing)


def channels(environment: Mapping[str, str], file: Path = FILE) -> list[Channel]:
    """Returns the channels of credentials.yml, without loading any."""
    found = []
    for path, settings in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
        name = path.removeprefix(_PACKAGE).partition(".")[0]
        matches = [_VARIABLE.fullmatch(str(value)) for value in (settings or {}).values()]
        needed = [match[1] for match in matches if match and match[2] is None]
        missing = tuple(variable for variable in needed if not environment.get(variable, "").strip())
        found.append(Channel(name, missing, is_messaging=bool(needed)))
    return found


def api_address(channel: str, value: str) -> str:
    """Returns the address of a service's API, which is sent secrets, without a slash at its end.

    Raises:
        SettingsError: if it is neither encrypted nor on this machine.
    """
    parts = urlsplit(value)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _OWN_MACHINE)
    if not is_safe or not parts.hostname:
        raise SettingsError(f"The address of the API of {channel} must begin with https://.")
    return value.rstrip("/")
