"""Second looks: has a page that was taken before changed, and is it still there?"""

from __future__ import annotations

import msgspec

from babelscope.collect.fetch import Fetched, Wanted
from babelscope.collect.reasons import Refused
from babelscope.flow.shapes import Exchange, Look, Refusal


def wanted_again(look: Look) -> Wanted:
    """Return the request of ``look``: conditional, where the last answer had validators."""
    item = look.item
    return Wanted(source=item.source, url=item.url, hints=item.hints, etag=look.etag, last_modified=look.last_modified)


def seen_again(look: Look, fetched: Fetched) -> Exchange | Refusal:
    """Return the new exchange, which replaces the capture before; or, for the same bytes, the refusal "unchanged".

    A capture's id is the hash of source, address and body, so equal ids are equal bytes.
    """
    exchange = fetched.exchange
    if exchange.capture.id == look.capture:
        return not_again(look, Refused("unchanged", status=exchange.capture.status))
    return msgspec.structs.replace(exchange, capture=msgspec.structs.replace(exchange.capture, replaces=look.capture))


def not_again(look: Look, refused: Refused) -> Refusal:
    """Return the outcome of a look that brought no new bytes."""
    return Refusal(
        source=look.item.source,
        url=look.item.url,
        reason=refused.reason,
        detail=refused.detail,
        final=refused.final,
        again=look.capture,
        status=refused.status,
    )
