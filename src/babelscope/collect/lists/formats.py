"""Which list is it? One door for reading and writing, whatever the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from babelscope.collect.lists.listed import Found
from babelscope.collect.lists.opml import read_opml, write_opml
from babelscope.collect.lists.tables import write_toml
from babelscope.collect.lists.tabular import read_csv, read_json, write_csv
from babelscope.model import Source

Format = Literal["opml", "csv", "toml"]

WRITERS: Mapping[Format, Callable[[Sequence[Source]], bytes]] = {
    "opml": write_opml,
    "csv": write_csv,
    "toml": write_toml,
}


def read_list(raw: bytes) -> Found:
    """Return what a list says, told by how it begins: XML is OPML, then JSON, else CSV; raises ``BadInput``."""
    start = raw[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if start == b"<":
        return read_opml(raw)
    return read_json(raw) if start in (b"[", b"{") else read_csv(raw)
