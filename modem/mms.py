"""Who sent a picture: the one field of an MMS notice that is worth reading. Pure.

Source: OMA MMS Encapsulation (WAP-209) 6.2 and 7.2.11. The SMS that carries the notice often comes from a
short code of the carrier.
"""

from __future__ import annotations

import re

# From: value length, "address present", perhaps a charset, the address as text up to a NUL.
_FROM = re.compile(
    rb"\x89(?:[\x02-\x1e]|\x1f.)\x80(?:[\x02-\x1e][\x80-\xff]{1,2})?(\+?[0-9]{3,20})(?:/TYPE=PLMN)?\x00",
    re.DOTALL | re.IGNORECASE,
)


def sender_of(data: bytes) -> str | None:
    """The number in the From field of a notice (or the part that holds it); None for a name or none."""
    found = _FROM.search(data)
    return None if found is None else found[1].decode("ascii")
