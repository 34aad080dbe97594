"""Sentences carried along their routes: protected, translated many at a time, checked, tried again, remembered.

A result depends on the sentence, its route, the user's terms and the rules of protection alone: the memory's key holds
them all, so that it changes nothing but the time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cached_property
from typing import cast

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.memo import Memory, memo_key, open_memory
from babelscope.flow.registry import factory
from babelscope.flow.shapes import Translator
from babelscope.languages.codes import scripts_of
from babelscope.languages.script import COMMON, dominant_script
from babelscope.languages.sentences import WIDE
from babelscope.model import Fault
from babelscope.understand.glossary import Glossary, Term, read_glossary
from babelscope.understand.protect import VERSION as PROTECTION
from babelscope.understand.protect import Shielded, better, check, restore, shield, shield_again, survived
from babelscope.understand.routes import Route, plan

MAX_RUN = 200
"""Code points without a blank, in a script that has blanks: nobody wrote that to be read."""
NO_BLANKS = frozenset(("bo", "dz"))
"""Languages of such a script that set blanks between clauses only."""
GROWTH = 8
"""A translation longer than this many times its original is an engine that turns in circles."""
SAID_WORDS = 5
"""Words without a capital from which on a sentence cannot be the same in two languages."""
VERSION = "3"
"""Changes when this module makes something else of the same answers of the engines."""

_ENDLESS = re.compile(rf"[^\s{WIDE}]{{{MAX_RUN + 1}}}")
_UNREADABLE = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_HIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Signs that no reader sees (not the joiners, which change words): engines take them for quotation marks."""


class Made(msgspec.Struct, frozen=True, array_like=True):
    """The translation of a sentence ("" where there is none) and what is wrong with it."""

    text: str
    faults: tuple[Fault, ...] = ()


class Carrier:
    """Languages and sentences → translations into ``read.language``; one instance serves all threads."""

    def __init__(self, config: Config, memory: Memory | None = None) -> None:
        """Build the translators that ``read.translators`` names; raises ``ConfigError`` for an unknown one."""
        self._config = config
        self._to = config.read.language
        self._memory = memory
        names = config.read.translators
        self._translators = {n: cast(Translator, factory("babelscope.translators", n)(config)) for n in names}

    @cached_property
    def routes(self) -> dict[str, Route]:
        """The best route of every language that has one."""
        hops = {}
        for name, translator in self._translators.items():
            hops.update({(name, hop.source, hop.target): hop for hop in translator.hops()})
        known = [msgspec.structs.replace(hop, translator=name) for (name, _, _), hop in hops.items()]
        return plan(known, self._to, self._config.read.translators)

    @cached_property
    def glossary(self) -> Glossary:
        """The user's terms; raises ``ConfigError``."""
        return read_glossary(self._config.read.glossary)

    @cached_property
    def mark(self) -> str:
        """A short hash of all that results depend on: routes with their models, terms, rules of protection."""
        marks = [
            VERSION,
            PROTECTION,
            self._to,
            self.glossary.mark,
            *(f"{r.source} {r.mark}" for r in self.routes.values()),
        ]
        return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]

    def load(self) -> None:
        """Find routes and terms, open the memory; engines open at the first sentence of a language."""
        _ = self.routes, self.glossary
        if self._memory is None:
            self._memory = open_memory(self._config)

    def carry(self, asked: Sequence[tuple[str, str]]) -> list[Made]:
        """Return what became of each (language, sentence); every language must have a route. Raises ``Unavailable``."""
        if self._memory is None:
            raise RuntimeError("translation was used before load()")
        wanted = list(dict.fromkeys(asked))
        keys = {pair: self._key(*pair) for pair in wanted}
        known = self._memory.get(list(keys.values()))
        done = {pair: kept for pair, key in keys.items() if key in known and (kept := _decode(known[key]))}
        fresh: dict[tuple[str, str], Made] = {}
        for code in dict.fromkeys(code for code, _ in wanted):
            sentences = [sentence for c, sentence in wanted if c == code and (c, sentence) not in done]
            results = self._fresh(self.routes[code], sentences)
            fresh.update({(code, sentence): made for sentence, made in zip(sentences, results, strict=True)})
        self._memory.put({keys[pair]: msgspec.json.encode(made) for pair, made in fresh.items() if made.text})
        done.update(fresh)
        return [done[pair] for pair in asked]

    def _key(self, code: str, sentence: str) -> bytes:
        route = self.routes[code]
        return memo_key((VERSION, PROTECTION, route.mark, self.glossary.mark, code, self._to, sentence))

    def _fresh(self, route: Route, sentences: Sequence[str]) -> list[Made]:
        terms = self.glossary.terms(route.source, self._to)
        plain = [_readable(sentence) for sentence in sentences]
        shields = [shield(text, terms) if _is_language(text, route.source) else None for text in plain]
        texts = self._run(route, [s.text if s else "" for s in shields])
        found: list[Made] = []
        again: dict[int, Shielded] = {}
        for number, (sentence, text, shielded) in enumerate(zip(plain, texts, shields, strict=True)):
            if shielded is None:
                found.append(Made("" if any(map(str.isalnum, sentence)) else sentence))
                continue
            found.append(self._checked(route, sentence, text, shielded, terms))
            second = self._second(route, (sentence, text), shielded, found[-1], terms)
            if second is not None:
                again[number] = second
        tried = self._run(route, [shielded.text for shielded in again.values()])
        for (number, shielded), text in zip(again.items(), tried, strict=True):
            made = self._checked(route, plain[number], text, shielded, terms)
            first = found[number]
            found[number] = Made(*better((first.text, first.faults), (made.text, made.faults)))
        return found

    def _checked(self, route: Route, sentence: str, text: str, shielded: Shielded, terms: Sequence[Term]) -> Made:
        made = restore(text, shielded)
        if not made or len(made) > GROWTH * len(sentence) + 100 or _is_left(shielded.text, text, route):
            return Made("")
        return Made(made, check(sentence, made, route.source, self._to, terms))

    def _second(
        self, route: Route, said: tuple[str, str], shielded: Shielded, made: Made, terms: Sequence[Term]
    ) -> Shielded | None:
        """Return what to try a second time: the sentence with more of it shielded, or with nothing, if a shield broke.

        ``said`` is the sentence and what the route made of it.
        """
        if shielded.holds and not survived(said[1], shielded):
            return Shielded(said[0])
        return shield_again(said[0], made.faults, terms, (route.source, self._to)) if made.faults else None

    def _run(self, route: Route, texts: Sequence[str]) -> list[str]:
        """Send ``texts`` through all hops; what is empty, or becomes so, stays empty."""
        made = list(texts)
        for hop in route.hops:
            asked = [number for number, text in enumerate(made) if text]
            if not asked:
                break
            answers = self._translators[hop.translator].translate(hop, [made[number] for number in asked])
            if len(answers) != len(asked):
                raise Unavailable(f"translator {hop.translator} gave {len(answers)} answers to {len(asked)} sentences")
            for number, answer in zip(asked, answers, strict=True):
                made[number] = _readable(answer)
        return made


def _readable(text: str) -> str:
    return " ".join(_UNREADABLE.sub(" ", _HIDDEN.sub("", text)).split())


def _is_left(asked: str, text: str, route: Route) -> bool:
    """Say whether an engine gave back the sentence as it was, or one that is not in a script of the target."""
    script, scripts = dominant_script(text), scripts_of(route.target)
    if script == "Hani" and "Jpan" in scripts:  # a headline without kana
        script = "Jpan"
    if scripts and script not in (COMMON, *scripts) and (script != "Latn" or "Latn" in scripts_of(route.source)):
        return True
    return text == asked and sum(word[0].islower() for word in text.split()) >= SAID_WORDS


def _is_language(text: str, code: str) -> bool:
    """Say whether ``text`` can be a sentence: it has a letter or digit, and no endless word."""
    return any(map(str.isalnum, text)) and (code in NO_BLANKS or _ENDLESS.search(text) is None)


def _decode(raw: bytes) -> Made | None:
    try:
        return msgspec.json.decode(raw, type=Made)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
