"""Bytes of a file become text, strictly: a letter that is guessed at could be another person's name."""

from __future__ import annotations

import codecs
import re

from appliance.feeds.base import MAX_BYTES, Refusal, SourceFault

_ZIPPED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf")

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Controls that no value may hold; line breaks are usual in what is dropped."""


def decoded(data: bytes, empty: str) -> str:
    """UTF-8, with or without BOM, and UTF-16 with BOM. Raises SourceFault; `empty` says how a file begins."""
    if len(data) > MAX_BYTES:
        raise SourceFault(
            Refusal("too_large", f"The file is over {MAX_BYTES} bytes", "Export a shorter period")
        )
    if data.startswith(_ZIPPED):
        raise SourceFault(Refusal("archive", "The file is an archive", "Drop the file itself, unpacked"))
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-16" if wide else "utf-8", errors="replace")
        refusal = Refusal(
            "encoding",
            f"The file is not {'UTF-16' if wide else 'UTF-8'}",
            "Export as UTF-8",
            line=before.count("\n") + 1,
        )
        raise SourceFault(refusal) from error
    if not text.strip():
        raise SourceFault(Refusal("empty", "The file is empty", empty))
    return text
