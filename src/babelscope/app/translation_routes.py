"""Which languages can be read here, by which chain of translators: rows of ``babelscope doctor``."""

from __future__ import annotations

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.manifest import ModelState
from babelscope.flow.registry import factory
from babelscope.flow.shapes import Hop
from babelscope.understand.routes import Route, plan

_PLACES = {"firefox": "", "apertium": "system"}
_LICENCES = {"apertium": "GPL (a program of its own)"}


def route_states(config: Config) -> list[ModelState]:
    """Return one row for each route into the reading language, except those that are one model of a manifest.

    A translator that cannot say what it does has no rows here: loading the pipeline tells why.
    """
    hops: list[Hop] = []
    for name in config.read.translators:
        try:
            hops += factory("babelscope.translators", name)(config).hops()
        except BabelscopeError:
            continue
    routes = plan(hops, config.read.language, config.read.translators).values()
    return [_state(route) for route in routes if not _is_listed(route)]


def _is_listed(route: Route) -> bool:
    return len(route.hops) == 1 and route.hops[0].translator == "firefox" and not route.hops[0].remark


def _state(route: Route) -> ModelState:
    names = {hop.translator for hop in route.hops}
    places = [place for name in sorted(names) if (place := _PLACES.get(name, "service"))]
    licences = [_LICENCES[name] for name in sorted(names) if name in _LICENCES]
    return ModelState(
        capability="translate",
        languages=f"{route.source}→{route.target}",
        model=route.name,
        source=", ".join(places) or "–",
        sha256="–",
        weights_licence=", ".join(licences) or "–",
        state=f"ok, {route.grade}",
        ok=True,
    )
