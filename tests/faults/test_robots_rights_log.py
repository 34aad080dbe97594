"""Every case of the table through the real collector: the server's log proves what was asked and what was not."""

from __future__ import annotations

import pytest

from babelscope.collect.feeds import FeedCollector
from babelscope.flow.shapes import Item
from loopback import Answer, Memory, SimulatedClock, Site, config, exchanges, gather, refusals, source
from robots_rights import cases, served


@pytest.mark.responsible
async def test_c2_c3_a_refused_page_is_never_fetched_and_a_taken_one_keeps_its_terms() -> None:
    table = {f"case{number}.test": case for number, case in enumerate(cases())}
    answers: dict[str, Answer] = {}
    for host, case in table.items():
        answers |= served(case, host)
    ends: dict[str, str] = {}
    asked: set[str] = set()
    rights = {}
    async with Site(answers) as site:
        for agent in {case.agent for case in table.values()}:
            memory = Memory()
            for host, case in table.items():
                if case.agent == agent:
                    url = f"http://{host}{case.path}"
                    memory.found[url] = Item(source="courier", url=url, feed="")
            listener = FeedCollector(
                config(user_agent=f"{agent}/1.0", timeout=20.0), hosts=site.hosts(*table), clock=SimulatedClock()
            )
            events = await gather(listener, [source()], memory)
            taken = exchanges(events)
            rights |= {url.split("/")[2]: exchange.capture.rights for url, exchange in taken.items()}
            ends |= dict.fromkeys((url.split("/")[2] for url in taken), "taken")
            ends |= {url.split("/")[2]: reason for url, reason in refusals(events).items()}
        asked |= set(site.asked())
    assert ends == {host: case.ends for host, case in table.items()}
    for host, case in table.items():
        place = f"{host}{case.path}"
        if case.ends.startswith("robots"):
            assert (place in asked) is bool(case.redirect), case.name
            assert f"{host}/.well-known/tdmrep.json" not in asked or case.ends == "robots"
        if case.unasked:
            assert f"{host}{case.unasked}" not in asked, case.name
        if case.ends == "taken":
            found = rights[host]
            assert (found.robots_tag, found.meta_robots) == (case.robots_tag, case.meta_robots), case.name
            assert (found.tdm_reservation, found.tdm_policy, found.tdm_source) == tuple(case.tdm), case.name
            assert bool(found.robots_hash) is (found.robots == "allowed")
