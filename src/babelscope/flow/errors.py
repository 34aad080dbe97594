"""Errors, named by what must happen next."""

from __future__ import annotations


class BabelscopeError(Exception):
    """A fault that the person at the keyboard can act on: the message says how. Exit code 1, no traceback."""


class ConfigError(BabelscopeError):
    """``babelscope.toml`` or a command's arguments are wrong; nothing was started."""


class Unavailable(BabelscopeError):
    """Something that every document needs is missing (weights, memory, a service): stop, blame no document."""


class ModelMissing(Unavailable):
    """No configured place holds the model; the message names where we looked and the command that brings it."""


class TooManyFailures(BabelscopeError):
    """The quarantined share of a run passed ``max_failure_share``: then it is our bug, not the documents'."""


class BadInput(ValueError):
    """One document, feed or record is malformed or over a bound: it goes to the quarantine, the run goes on."""
