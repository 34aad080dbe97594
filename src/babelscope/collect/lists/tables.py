"""Sources as ``[[source]]`` tables of TOML 1.0, as a registry file or a configuration has them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from babelscope.model import Listen, Source

_BLANK = Source(id="", name="", home="")


def write_toml(sources: Sequence[Source]) -> bytes:
    """Return a table for each source, without the keys that are at their default."""
    return "\n".join(source_table(source) for source in sources).encode("utf-8")


def source_table(source: Source) -> str:
    """Return one ``[[source]]`` table."""
    lines = ["[[source]]"]
    for key in source.__struct_fields__:
        value = getattr(source, key)
        if key != "listens" and (value != getattr(_BLANK, key) or key in ("id", "name", "home")):
            lines.append(f"{key} = {_value(value)}")
    if len(source.listens) == 1:
        lines.append(f"listens = [{_listen(source.listens[0])}]")
    elif source.listens:
        lines += ["listens = [", *(f"  {_listen(listen)}," for listen in source.listens), "]"]
    return "\n".join(lines) + "\n"


def _listen(listen: Listen) -> str:
    pairs = [("url", listen.url), ("kind", listen.kind), ("every", listen.every)]
    blank = Listen(url="")
    told = [f"{key} = {_value(value)}" for key, value in pairs if key == "url" or value != getattr(blank, key)]
    return "{ " + ", ".join(told) + " }"


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_text(str(one)) for one in value) + "]"
    return repr(value)


def _text(text: str) -> str:
    """Return a basic string: JSON's escapes are TOML's, but for the delete character."""
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
