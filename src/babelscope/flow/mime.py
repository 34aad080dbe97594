"""Messages in the form of the Internet: mail (RFC 5322, MIME RFC 2045–2049) and saved web pages (MHTML, RFC 2557).

Parsing is the standard library's, behind bounds: its cost grows with lines × nesting, its stack with nesting.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import Any

import msgspec

from babelscope.flow.errors import BadInput

MAX_MULTIPART = 40
"""Parts that hold parts, in one message."""
MAX_LINES = 600_000
MAX_PARTS = 2_000
MAX_HEADER = 2_000
"""Characters of one header field that are read."""
_MULTIPART = re.compile(rb"^content-type:[ \t]*(?:\r?\n[ \t]+)?(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part that holds no parts. ``body`` is decoded; ``number`` names it (2.1: first part of the second one)."""

    number: str
    media_type: str
    charset: str
    name: str
    location: str
    attached: bool
    body: bytes


def read_message(raw: bytes) -> Message:
    """Return the message ``raw``; raises ``BadInput`` if it is over a bound or cannot be read."""
    if len(_MULTIPART.findall(raw)) > MAX_MULTIPART or raw.count(b"\n") > MAX_LINES:
        raise BadInput(f"message with more than {MAX_MULTIPART} nested parts or {MAX_LINES} lines")
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
    except (MessageError, RecursionError, ValueError, LookupError) as error:
        raise BadInput(f"not a message: {type(error).__name__}: {str(error)[:200]}") from None
    if not message.keys():
        raise BadInput("not a message: it has no header")
    return message


def parts_of(message: Message) -> Iterator[Part]:
    """Yield the parts of ``message`` that hold no parts, in order, at most ``MAX_PARTS``."""
    waiting: list[tuple[str, Any]] = [("1", message)]
    count = 0
    while waiting and count < MAX_PARTS:
        number, part = waiting.pop(0)
        payload = part.get_payload()
        if isinstance(payload, list):
            below = [(f"{number}.{i}", inner) for i, inner in enumerate(payload[:MAX_PARTS], 1)]
            waiting[:0] = below
            continue
        count += 1
        yield _part(number, part)


def _part(number: str, part: Any) -> Part:
    try:
        body = part.get_payload(decode=True) or b""
        kind, charset = part.get_content_type(), part.get_content_charset("") or ""
        name, attached = part.get_filename("") or "", part.get_content_disposition() == "attachment"
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, binascii.Error) as error:
        raise BadInput(f"part {number} cannot be read: {type(error).__name__}") from None
    location = header_text(part, "content-location")
    return Part(
        number=number,
        media_type=kind,
        charset=charset,
        name=plain(name),
        location=location,
        attached=attached,
        body=body,
    )


def header_text(message: Any, name: str) -> str:
    """Return a header field as one line of text, encoded words (RFC 2047) decoded; "" if there is none."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(str(value)[:MAX_HEADER])
        return plain("".join(_decoded(piece, charset) for piece, charset in pieces))
    except (MessageError, ValueError, LookupError, binascii.Error):
        return plain(str(value)[:MAX_HEADER])


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    for name in (charset, "utf-8"):
        try:
            return piece.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return piece.decode("latin-1")


def plain(text: str) -> str:
    """Return ``text`` on one line, without control characters and lone surrogates."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())
