"""Lists of addresses: one a line, or a CSV with a column of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from babelscope.collect.address import MAX_URL
from babelscope.flow.errors import ConfigError

MAX_BYTES = 64 << 20
HEAD_BYTES = 64 << 10
MAX_ADDRESSES = 500_000
MAX_LENGTH = MAX_URL + 1
"""Characters kept of one line: enough for the collector to refuse it as too long."""
_LIST_ENDINGS = (".txt", ".text", ".lst", ".urls", ".csv", ".tsv", "")
_COLUMNS = ("url", "link", "address", "uri", "href")
_WEB = ("http://", "https://")


def looks_like_list(path: Path) -> bool:
    """Say whether a file lists addresses: most of its first lines are some, or it is CSV with a column of them."""
    if path.suffix.lower() not in _LIST_ENDINGS:
        return False
    with path.open("rb") as file:
        raw = file.read(HEAD_BYTES)
    head = raw.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    whole = head[:-1] if len(raw) == HEAD_BYTES and len(head) > 1 else head  # The last line may go on
    plain = [line.strip() for line in whole if line.strip() and not line.strip().startswith("#")][:50]
    web = sum(line.lower().startswith(_WEB) and " " not in line for line in plain)
    if web > len(plain) / 2:
        return True
    return path.suffix.lower() in (".csv", ".tsv") and bool(plain) and _column(plain[0], path) is not None


def _column(header: str, path: Path) -> int | None:
    cells = [cell.strip().lower() for cell in next(csv.reader([header], delimiter=_delimiter(path)), [])]
    return next((cells.index(name) for name in _COLUMNS if name in cells), None)


def _delimiter(path: Path) -> str:
    return "\t" if path.suffix.lower() == ".tsv" else ","


def read_addresses(path: Path) -> list[str]:
    """Return the addresses of a list, each once, in order; raises ``ConfigError`` if there are none, or too many.

    What stands in the place of an address is returned too, cut short: the collector refuses it with a reason.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{path}: a list of more than {MAX_BYTES >> 20} MB; split it")
    text = raw.decode("utf-8", "replace").lstrip("\ufeff")
    found = list(dict.fromkeys(_addresses(text, path)))
    if not any(one.lower().startswith(_WEB) for one in found):
        raise ConfigError(f"{path}: no http(s) address in it")
    if len(found) > MAX_ADDRESSES:
        raise ConfigError(f"{path}: more than {MAX_ADDRESSES} addresses; split it")
    return found


def _addresses(text: str, path: Path) -> Iterator[str]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    column = _column(first, path) if path.suffix.lower() in (".csv", ".tsv") else None
    if column is None:
        candidates: Iterator[str] = (line.strip() for line in lines)
    else:
        candidates = _cells(text, column, path)
    for line in candidates:
        if line and (column is not None or not line.startswith("#")):
            yield line[:MAX_LENGTH]


def _cells(text: str, column: int, path: Path) -> Iterator[str]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(path)):
            if len(row) > column and row[column].strip().lower() not in _COLUMNS:
                yield row[column].strip()
    except csv.Error as error:
        raise ConfigError(f"{path}: not valid CSV: {error}") from None
