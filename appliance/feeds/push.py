"""Who may push calls: a shared token, or a signature over the body with a number that only goes up."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from appliance.feeds.base import FeedFault

SHORTEST = 32
"""Characters of a shared secret: what nobody tries out in a lifetime."""

SEQUENCE_HEADER = "X-Aftercall-Sequence"
SIGNATURE_HEADER = "X-Aftercall-Signature"

_SEQUENCE = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a push, as the headers hold it."""

    authorization: str = ""
    sequence: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """A push that is what it says; `sequence` is None where a token came instead of a signature."""

    sequence: int | None


def secret(path: Path) -> bytes:
    """The shared secret of a feed. Raises FeedFault where it cannot be read, is short, or open to others."""
    try:
        found = path.read_bytes().strip()
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except OSError as error:
        what = f"the secret file {path} cannot be read ({error.strerror})"
        raise FeedFault(what, "Let the web service's user read it, and nobody else", "secret") from error
    if mode & 0o007:
        what = f"the secret file {path} is open to every user of this machine"
        raise FeedFault(what, f"chmod 640 {path}, with the group aftercall", "secret")
    if len(found) < SHORTEST:
        remedy = f"Write {SHORTEST} characters or more, such as from: openssl rand -hex 32"
        raise FeedFault(f"the secret in {path} is too short", remedy, "secret")
    return found


def admitted(given: Credentials, body: bytes, key: bytes) -> Sender | None:
    """The sender, or None: which of the two was wrong is told to nobody.

    Signed is the sequence number, a full stop and the body, by HMAC-SHA256.
    """
    if given.signature or given.sequence:
        if not _SEQUENCE.fullmatch(given.sequence):
            return None
        expected = signature(given.sequence, body, key)
        return Sender(int(given.sequence)) if _same(given.signature, expected) else None
    scheme, _, token = given.authorization.partition(" ")
    if scheme.casefold() != "bearer":
        return None
    return Sender(None) if _same(token.strip(), key.decode("utf-8", "replace")) else None


def signature(sequence: str, body: bytes, key: bytes) -> str:
    """What the sender writes into X-Aftercall-Signature."""
    made = hmac.new(key, f"{sequence}.".encode() + body, hashlib.sha256)
    return f"sha256={made.hexdigest()}"


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
