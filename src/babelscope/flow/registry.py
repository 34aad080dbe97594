"""Names → parts, by entry points: the built-ins stand in the same table as everybody's plug-ins.

Nothing is registered by an import; a part's module is imported when the part is asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal, cast

from babelscope.flow.config import Config
from babelscope.flow.errors import ConfigError
from babelscope.flow.shapes import Stage

Group = Literal[
    "babelscope.collectors",
    "babelscope.stages",
    "babelscope.linkers",
    "babelscope.outlets",
    "babelscope.translators",
]


def names(group: Group) -> list[str]:
    """Return the names of all parts of ``group`` that are installed, sorted."""
    return sorted({point.name for point in entry_points(group=group)})


def factory(group: Group, name: str) -> Callable[..., Any]:
    """Return the factory of part ``name``; raises ``ConfigError`` naming the nearest known name.

    ``name`` may also be ``module:attribute``, for a part that is not installed as a package.
    """
    if ":" in name:
        return _imported(name)
    for point in entry_points(group=group):
        if point.name == name:
            return cast(Callable[..., Any], point.load())
    near = difflib.get_close_matches(name, names(group), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(names(group)) or 'none'}"
    raise ConfigError(f"no {group.removeprefix('babelscope.').rstrip('s')} is named {name!r}{hint}")


def _imported(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    try:
        return cast(Callable[..., Any], getattr(import_module(module), attribute))
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{name!r} cannot be imported: {error}") from None


def build_stages(wanted: Sequence[str], config: Config) -> list[Stage]:
    """Build the stages ``wanted``, in order (each factory takes the configuration); nothing is loaded yet."""
    return [cast(Stage, factory("babelscope.stages", name)(config)) for name in wanted]


def check_pipeline(stages: Sequence[Stage], given: frozenset[str]) -> None:
    """Refuse a pipeline in which a stage needs a layer that neither ``given`` nor an earlier stage provides."""
    have = set(given)
    for stage in stages:
        missing = stage.needs - have
        if missing:
            raise ConfigError(
                f"stage {stage.name!r} needs {', '.join(sorted(missing))}, which nothing before it provides; "
                f"put the stage that provides it earlier in run.stages"
            )
        have |= stage.provides


def with_prerequisites(wanted: Sequence[str], config: Config, given: frozenset[str]) -> tuple[str, ...]:
    """Return ``wanted`` with the configured stages put before them that provide what they need beyond ``given``."""
    providers = {layer: s.name for s in build_stages(config.run.stages, config) for layer in s.provides}
    order: list[str] = []

    def add(name: str) -> None:
        if name in order:
            return
        for stage in build_stages([name], config):
            for layer in sorted(stage.needs - given):
                if layer in providers and providers[layer] != name:
                    add(providers[layer])
        order.append(name)

    for name in wanted:
        add(name)
    return tuple(order)
