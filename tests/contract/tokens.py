"""Reading and forging JWTs with nothing but the standard library, as somebody from outside would."""

import base64
import hashlib
import hmac
import json
from typing import Any

Part = dict[str, Any]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(part: str) -> Part:
    decoded: Part = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def header(token: str) -> Part:
    """What a token says of its signature."""
    return _decode(token.split(".")[0])


def claims(token: str) -> Part:
    """What a token says of its bearer."""
    return _decode(token.split(".")[1])


def sign(head: Part, body: Part, key: str, digest: str = "sha256") -> str:
    """A token of these parts, signed with HMAC; without a signature for the digest `none`."""
    text = ".".join(_encode(json.dumps(part).encode()) for part in (head, body))
    signature = b"" if digest == "none" else hmac.new(key.encode(), text.encode(), getattr(hashlib, digest)).digest()
    return f"{text}.{_encode(signature)}"
