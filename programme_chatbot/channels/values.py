"""Values of settings that are numbers."""

from __future__ import annotations

import math

from programme_chatbot.settings import SettingsError


def number(source: str, value: object, least: float, most: float) -> float:
    """Returns a number.

    Args:
        source: where the value stands, for the error.
        value: the number or its text.
        least: the smallest that makes sense.
        most: the largest that makes sense.

    Raises:
        SettingsError: if it is no number or out of these bounds.
    """
    try:
        read = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        read = math.nan
    if not least <= read <= most:  # false for NaN, too
        raise SettingsError(f"{source} is '{value}'; it must be a number from {least:g} to {most:g}.")
    return read


def whole(source: str, value: object, least: int, most: int) -> int:
    """Returns a whole number; otherwise as `number`."""
    read = number(source, value, least, most)
    if read != int(read):
        raise SettingsError(f"{source} is '{value}'; it must be a whole number.")
    return int(read)
