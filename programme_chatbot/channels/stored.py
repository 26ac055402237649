"""What the channels leave in the events that Rasa stores, for those who read them without Rasa."""

from __future__ import annotations

FEEDBACK_SLOT = "feedback"  # {message id: up, down or none}; each event says no more than itself
SHOWN = "shown"  # in the metadata of a user's message: what to show when it is not what Rasa was given
FAILED = "failed"  # the status of a reply that has none: Rasa gave it by itself, because the action server did not


def message_id(timestamp: float) -> str:
    """Returns the id of a message.

    Rasa gives messages no ids. Their times, to the microsecond, are different and stay as they are in every store.
    """
    return f"m{round(timestamp * 1_000_000)}"
