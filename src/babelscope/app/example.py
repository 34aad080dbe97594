"""The example configuration, made from the configuration's own definition so that it cannot lie."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import msgspec

from babelscope.flow import config as definition

SOURCE_EXAMPLE = """
# Who we listen to: one table per outlet. `id` is yours to choose, `country` is ISO 3166-1 alpha-2, `languages` are
# ISO 639-1, `standing` is one of state, public, private, party, community, unknown (give a `reference` for it).
# [[source]]
# id = "example-courier"
# name = "The Example Courier"
# home = "https://courier.example/"
# country = "IE"
# languages = ["en"]
# listens = [{ url = "https://courier.example/rss.xml", every = 900 }]
"""


def key_docs(section: type[msgspec.Struct]) -> dict[str, str]:
    """Return key → meaning for one section, from the strings that stand behind its fields."""
    body = ast.parse(textwrap.dedent(inspect.getsource(section))).body[0]
    assert isinstance(body, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            docs[field.target.id] = str(ast.literal_eval(text.value))
    return docs


def sections() -> dict[str, type[msgspec.Struct]]:
    """Return section name → its definition, in order."""
    fields = msgspec.structs.fields(definition.Config)
    return {f.name: f.type for f in fields if isinstance(f.type, type) and issubclass(f.type, msgspec.Struct)}


def example_config() -> str:
    """Return a complete ``babelscope.toml`` with every key at its default."""
    lines = ["# Babelscope's configuration: every key, its meaning, its default (docs/configuration.md)."]
    for name, section in sections().items():
        docs = key_docs(section)
        lines += ["", f"# {inspect.getdoc(section)}", f"[{name}]"]
        for field in msgspec.structs.fields(section):
            lines += [f"# {docs[field.name]}", f"{field.name} = {_toml(field.default)}"]
    return "\n".join(lines) + "\n" + SOURCE_EXAMPLE


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
