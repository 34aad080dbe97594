"""``--offline``: from then on this process opens no connection but to itself, whatever a library tries.

A hook of the interpreter's audit events (PEP 578), and a guard before three methods of sockets, refuse every look-up
of a name and every connection that is not loopback or a local socket. They see what goes through Python's ``socket``; a
library that calls the system by itself (the PostgreSQL client, Ray) and other programs are not seen.
"""

from __future__ import annotations

import errno
import ipaddress
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import ConfigError

_NAMES = {"socket.getaddrinfo", "socket.gethostbyname"}
_SOCKETS = {"socket.connect", "socket.connect_ex", "socket.sendto", "socket.sendmsg"}
_on = False


def is_offline() -> bool:
    """Say whether this process was told to stay off the network."""
    return _on


def go_offline() -> None:
    """Refuse the network for the rest of this process; cannot be undone."""
    global _on
    if not _on:
        _on = True
        sys.addaudithook(_refuse)
        import socket

        for name in ("connect", "connect_ex", "sendto"):  # these look a name up before the audit event comes
            setattr(socket.socket, name, _guarded(name, getattr(socket.socket, name)))


def offline(config: Config) -> Config:
    """Return ``config`` without what would reach out: downloads of models, translation services.

    Raises ``ConfigError`` for the engine Ray, whose own processes cannot be watched.
    """
    if config.run.engine == "ray":
        raise ConfigError('--offline cannot watch over the processes of Ray: run.engine = "pool" or "embedded"')
    models = msgspec.structs.replace(config.models, download=False)
    read = msgspec.structs.replace(config.read, endpoint="")
    return msgspec.structs.replace(config, models=models, read=read)


def _guarded(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: Any, *args: Any) -> Any:
        if args and isinstance(args[-1], tuple):
            _refuse(f"socket.{name}", (self, args[-1]))
        return method(self, *args)

    return guarded


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event in _NAMES:
        host = args[0]
    elif event in _SOCKETS and isinstance(args[1], tuple):  # anything else is the path of a local socket
        host = args[1][0] if args[1] else ""
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if isinstance(host, str) and not is_loopback(host):
        raise OSError(errno.ENETUNREACH, f"--offline: no connection to {host}")


def is_loopback(host: str) -> bool:
    """Say whether ``host`` is ``localhost`` or an address of loopback (or "", which no packet leaves)."""
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
