"""A failure: a row of the quarantine. Nothing disappears; it waits here with its error."""

from __future__ import annotations

import datetime as dt

import msgspec

from babelscope.model.ids import content_id


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a document could not pass a stage. ``stage`` is name@version, ``where`` the innermost frame of our code."""

    id: str
    document: str
    stage: str
    error: str
    message: str
    where: str = ""
    attempt: int = 1
    at: dt.datetime | None = None


def failure_id(document: str, stage: str) -> str:
    """Return the id of the failure of ``document`` at ``stage``: one row, however often it is tried."""
    return content_id("failure", document, stage)
