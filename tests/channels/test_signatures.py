"""Signatures are those of the services' own documentation, and any other is refused."""

from __future__ import annotations

import hashlib
import hmac
import time

import pytest

from programme_chatbot.channels.signatures import form, is_from_meta, is_from_slack, is_from_twilio, same


def test_secrets_are_the_same_only_if_every_letter_is() -> None:
    assert same("a secret", "a secret")
    for other in ("", "a secre", "a secret ", "A secret", "ä secret", "a \udcff"):
        assert not same(other, "a secret")


def test_twilio_s_documented_example_is_right() -> None:
    # Of Twilio's page on webhook security: its example's address, fields, token and signature.
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212"
    signature = "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert is_from_twilio(url, body, signature, "12345")
    for other in ("", "x", signature[:-2] + "x=", signature.lower()):
        assert not is_from_twilio(url, body, other, "12345")
    assert not is_from_twilio(url, body + b"&NumMedia=1", signature, "12345")
    assert not is_from_twilio(url.replace("foo=1", "foo=2"), body, signature, "12345")
    assert not is_from_twilio(url, body, signature, "another token")
    assert not is_from_twilio(url, b"\xff", signature, "12345")


def test_empty_fields_of_a_form_are_kept_as_they_are_signed() -> None:
    assert form(b"Body=&From=%2B46&NumMedia=0") == {"Body": "", "From": "+46", "NumMedia": "0"}


def test_a_form_of_too_many_fields_is_none() -> None:
    with pytest.raises(ValueError, match="fields"):
        form(b"&".join(b"a=1" for _ in range(2000)))


def test_meta_s_signature_is_of_the_body_by_sha_256() -> None:
    body = b'{"object": "page"}'
    digests = {name: hmac.new(b"secret", body, name).hexdigest() for name in ("sha256", "sha1", "md5")}
    assert is_from_meta(body, f"sha256={digests['sha256']}", "secret")
    for wrong in ("", digests["sha256"], f"sha1={digests['sha1']}", f"md5={digests['md5']}", "sha256="):
        assert not is_from_meta(body, wrong, "secret")
    assert not is_from_meta(body + b" ", f"sha256={digests['sha256']}", "secret")
    assert not is_from_meta(body, f"sha256={digests['sha256']}", "another")


def test_slack_s_signature_is_of_body_and_time() -> None:
    def sign(body: bytes, timestamp: str) -> str:
        return "v0=" + hmac.new(b"secret", b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()

    body, now = b"{}", str(int(time.time()))
    assert is_from_slack(body, now, sign(body, now), "secret")
    assert not is_from_slack(b"[]", now, sign(body, now), "secret")
    assert not is_from_slack(body, now, sign(body, now), "another")
    old = str(int(time.time()) - 600)
    assert not is_from_slack(body, old, sign(body, old), "secret")
    for timestamp, signature in (("", ""), ("now", "v0="), (now, "ä"), (now, "")):
        assert not is_from_slack(body, timestamp, signature, "secret")
    assert not is_from_slack(b"\xff", now, sign(b"\xff", now), "secret")
