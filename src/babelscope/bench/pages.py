"""Pages to measure with: a folder or a tar of HTML files, or the demo press."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from babelscope.demo.addresses import path_of, url_of
from babelscope.demo.press import load_press
from babelscope.demo.site import render
from babelscope.flow.errors import ConfigError
from babelscope.model import Document, Page, content_id

MAX_PAGE = 10 << 20
ENDINGS = (".html", ".htm")


def read_pages(where: Path | None, most: int) -> list[Document]:
    """Return up to ``most`` raw documents; raises ``ConfigError`` where there are none."""
    if where is None:
        pages = _demo()
    elif where.is_dir():
        pages = _folder(where)
    elif where.exists():
        pages = _tar(where)
    else:
        raise ConfigError(f"{where}: no such folder or tar file")
    docs = [
        Document(id=content_id("bench", name), url=name, layers={"page": Page(body=body)})
        for name, body in islice(pages, most)
    ]
    if not docs:
        raise ConfigError(f"{where}: no HTML pages there")
    return docs


def _demo() -> Iterator[tuple[str, bytes]]:
    press = load_press()
    for outlet in press.outlets:
        for article in press.of(outlet):
            yield url_of(outlet, article), render(press, outlet.host, path_of(article), 1).body


def _folder(where: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the pages below ``where``, those in tar files among them."""
    for path in sorted(where.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            yield f"https://bench.example/{path.name}", path.read_bytes()[:MAX_PAGE]
        elif path.name.endswith(("html.tar.gz", "html.tar")):
            yield from _tar(path)


def _tar(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and member.name.lower().endswith(ENDINGS) and member.size <= MAX_PAGE:
                    stream = archive.extractfile(member)
                    if stream is not None:
                        yield f"https://bench.example/{member.name}", stream.read()
    except tarfile.TarError as error:
        raise ConfigError(f"{path}: not a tar file: {error}") from None
