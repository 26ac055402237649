"""Whether a request comes from the messaging service that it is said to come from. No comparison tells by its time."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator


def same(given: str, wanted: str) -> bool:
    """Tells whether two secrets are the same, in the same time whatever they have in common."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


def is_from_slack(body: bytes, timestamp: str, signature: str, secret: str) -> bool:
    """Tells whether Slack has signed a body with the signing secret, within the last five minutes."""
    try:
        return SignatureVerifier(secret).is_valid(body, timestamp, signature)
    except (ValueError, TypeError):  # a time that is no number, a body that is no text, a signature out of ASCII
        return False


def is_from_meta(body: bytes, signature: str, secret: str) -> bool:
    """Tells whether Meta has signed a body with the secret of the app; by SHA-256 only, whatever the header names."""
    return same(signature, f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}")


def is_from_twilio(url: str, body: bytes, signature: str, token: str) -> bool:
    """Tells whether Twilio has signed a form.

    Args:
        url: address that Twilio has called, as it was registered there.
        body: the form.
        signature: the header X-Twilio-Signature.
        token: the auth token of the account.
    """
    try:
        return bool(RequestValidator(token).validate(url, form(body), signature))
    except ValueError:
        return False


def form(body: bytes) -> dict[str, str]:
    """Returns the fields of a form, empty ones too, as they are part of what is signed.

    Raises:
        ValueError: if the body is not a form.
    """
    return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000))
