"""The quarantine: what could not pass, why, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, or_, select, update

from babelscope.model import Failure
from babelscope.store.database import chunks
from babelscope.store.parts import Parts
from babelscope.store.tables import captures, failures


def read_failures(engine: Engine, stage: str | None = None, limit: int | None = None) -> list[Failure]:
    """Return the failures of captures in the quarantine, latest first; ``stage`` is a name or name@version."""
    held = select(captures.c.document).where(captures.c.state == "quarantined")
    query = (
        select(failures).where(failures.c.document.in_(held)).order_by(failures.c.at.desc(), failures.c.id).limit(limit)
    )
    if stage:
        query = query.where(or_(failures.c.stage == stage, failures.c.stage.startswith(f"{stage}@", autoescape=True)))
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [Failure(**{name: row[name] for name in Failure.__struct_fields__}) for row in rows]


def retry(parts: Parts, ids: Sequence[str] | None = None) -> int:
    """Give quarantined captures back to the pipeline; return how many.

    ``ids`` are ids of failures or of documents; None means all. The count of attempts stays.
    """
    held = captures.c.state == "quarantined"
    count = 0
    with parts.engine.begin() as connection:
        again = update(captures).values(state="new", reason="")
        if ids is None:
            return int(connection.execute(again.where(held)).rowcount)
        for some in chunks(list(dict.fromkeys(ids))):
            named = select(failures.c.document).where(failures.c.id.in_(some))
            chosen = or_(captures.c.document.in_(some), captures.c.document.in_(named))
            count += int(connection.execute(again.where(held, chosen)).rowcount)
    return count
