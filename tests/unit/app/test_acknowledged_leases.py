"""A host is given back only when everything that came from it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from babelscope.app.acknowledged import ON_THE_WAY, SETTLING, AcknowledgedLeases
from babelscope.flow.shapes import Turn

NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


class Book:
    """Leases that write down what is asked of them."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.lost: list[str] = []

    def take(self, host: str) -> Turn | None:
        self.held.add(host)
        return Turn(NOON)

    def release(self, host: str, ready_at: dt.datetime) -> None:
        self.held.remove(host)

    def renew(self) -> Collection[str]:
        return self.lost


class Time:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_host_stays_ours_until_what_it_gave_is_kept() -> None:
    book, time = Book(), Time()
    leases = AcknowledgedLeases(book, time)
    leases.take("a.test")
    leases.handed()
    leases.release("a.test", NOON)
    leases.settle()
    time.at += SETTLING
    leases.handed()
    leases.settle()
    assert book.held == {"a.test"}, "two events are on their way"
    leases.kept(1)
    leases.settle()
    assert book.held == {"a.test"}
    leases.kept(2)
    leases.settle()
    assert book.held == set()


def test_what_is_still_between_the_collector_and_the_queue_is_waited_for() -> None:
    book, time = Book(), Time()
    leases = AcknowledgedLeases(book, time)
    leases.take("a.test")
    leases.release("a.test", NOON)
    leases.kept(0)
    leases.settle()
    assert book.held == {"a.test"}
    time.at += SETTLING
    leases.settle()
    assert book.held == set()


def test_a_queue_without_room_holds_up_what_is_on_its_way() -> None:
    book, time = Book(), Time()
    leases = AcknowledgedLeases(book, time)
    leases.take("a.test")
    leases.handed()
    leases.release("a.test", NOON)
    for kept in (0, 1, ON_THE_WAY):
        time.at += SETTLING
        leases.full()
        leases.kept(kept)
        leases.settle()
        assert book.held == {"a.test"}, "what came last may still wait for room"
    leases.kept(1 + ON_THE_WAY)
    leases.settle()
    assert book.held == set()


def test_every_run_counts_its_own_events() -> None:
    book, time = Book(), Time()
    leases = AcknowledgedLeases(book, time)
    for _ in range(2):
        leases.take("a.test")
        leases.handed()
        leases.release("a.test", NOON)
        time.at += SETTLING
        leases.settle()
        assert book.held == {"a.test"}
        leases.kept(1)
        leases.settle()
        assert book.held == set()
        leases.settle(everything=True)


def test_at_the_end_everything_is_given_back_once() -> None:
    book = Book()
    leases = AcknowledgedLeases(book)
    for host in ("a.test", "b.test"):
        leases.take(host)
        leases.handed()
        leases.release(host, NOON)
    leases.settle(everything=True)
    leases.settle(everything=True)
    assert book.held == set()


def test_a_host_that_is_wanted_again_is_not_given_back() -> None:
    book, time = Book(), Time()
    leases = AcknowledgedLeases(book, time)
    leases.take("a.test")
    leases.release("a.test", NOON)
    assert leases.take("a.test") == Turn(NOON)
    time.at += SETTLING
    leases.settle(everything=True)
    assert book.held == {"a.test"}


def test_a_lost_host_is_told_unless_it_was_to_be_given_back_anyway() -> None:
    book = Book()
    leases = AcknowledgedLeases(book)
    leases.take("a.test")
    leases.take("b.test")
    leases.release("b.test", NOON)
    book.lost = ["a.test", "b.test"]
    assert list(leases.renew()) == ["a.test"]
    leases.settle(everything=True)
    assert book.held == {"a.test", "b.test"}, "what is another's is not given back"
