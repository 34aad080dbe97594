"""Whose page an archived address is: a known source of its host, else one named after its registrable domain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from babelscope.collect.domains import registrable
from babelscope.model import Source, content_id

MAX_HOSTS = 1 << 17
"""Hosts whose source is remembered."""
MAX_NEW = 50_000
"""Sources that one import may bring; addresses of further hosts go to ``OTHERS``."""
OTHERS = "others"
_UNFIT = re.compile(r"[^a-z0-9._-]+")


class Attribution:
    """Address → source id. ``fixed`` gives everything to one source; ``known`` are tried by host, then by domain."""

    def __init__(self, known: Iterable[Source], fixed: str = "", unnamed: str = "archive") -> None:
        self._fixed = fixed
        self._unnamed = unnamed
        self._by_host: dict[str, list[tuple[str, Source]]] = {}
        self._by_domain: dict[str, set[str]] = {}
        self.used: dict[str, Source] = {}
        self._known = {source.id: source for source in known}
        for source in self._known.values():
            for address in (source.home, *(listen.url for listen in source.listens)):
                self._learn(address, source)
        self._hosts: dict[str, str] = {}

    def _learn(self, address: str, source: Source) -> None:
        host, path = _host_and_path(address)
        if not host:
            return
        self._by_host.setdefault(host, []).append((path if address == source.home else "/", source))
        self._by_domain.setdefault(registrable(host), set()).add(source.id)

    def source_of(self, url: str) -> str:
        """Return the id of the source of ``url``; what has no host goes to the import itself."""
        if self._fixed:
            return self._use(self._fixed, "")
        host, path = _host_and_path(url)
        if not host:
            return self._use(self._unnamed, "")
        if host in self._by_host:
            fitting = [(len(home), s.id) for home, s in self._by_host[host] if path.startswith(home.rstrip("/"))]
            longest = max(fitting, default=(0, ""))[0]
            return self._use(min([i for size, i in fitting if size == longest] or [self._by_host[host][0][1].id]), "")
        if host not in self._hosts:
            if len(self._hosts) >= MAX_HOSTS:
                self._hosts.clear()
            self._hosts[host] = self._of_domain(host)
        return self._use(self._hosts[host], registrable(host))

    def _of_domain(self, host: str) -> str:
        domain = registrable(host)
        of_domain = self._by_domain.get(domain, set())
        return next(iter(of_domain)) if len(of_domain) == 1 else source_id(domain)

    def _use(self, id_: str, domain: str) -> str:
        if id_ in self.used:
            return id_
        if len(self.used) >= MAX_NEW:
            id_, domain = OTHERS, ""
        home = f"https://{domain}" if domain else ""
        self.used[id_] = self._known.get(id_) or Source(id=id_, name=domain or id_, home=home, kind="archive")
        return id_

    @property
    def unknown(self) -> list[str]:
        """The ids used that no configuration and no registry lists, in order."""
        return sorted(set(self.used) - set(self._known))


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return "", ""
        return (parts.hostname or "").removeprefix("www."), parts.path or "/"
    except ValueError:
        return "", ""


def source_id(name: str) -> str:
    """Return ``name`` in the form of a source id: letters, digits, ".", "_" and "-", 64 at most."""
    plain = _UNFIT.sub("-", name.lower()).strip("-._")
    if not plain:
        return "unnamed"
    return plain if len(plain) <= 64 else f"{plain[:51]}-{content_id('source', plain)[:12]}"
