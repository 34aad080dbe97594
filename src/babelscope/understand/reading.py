"""Documents in the reading language: title and lead, or the whole text, sentence by sentence, with grades and faults.

A document (or a paragraph of another language within one) takes the best route of its language; what has none stays
as it is, and is labelled so. Nothing is ever read through another language without saying so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from babelscope.flow.config import Config
from babelscope.flow.memo import Memory
from babelscope.languages.codes import language_name
from babelscope.model import Document, Fault, Translation
from babelscope.model.layers import Grade
from babelscope.understand.carrying import Carrier, Made
from babelscope.understand.cutting import MAX_WHOLE, Cut, Rendered, Unit, cut, put_together
from babelscope.understand.routes import Route, why_not

GRADES: tuple[Grade, ...] = ("neural", "pivot", "gist", "none")
"""From best to worst."""
REACHED = 0.75
"""Share of its code points that must have a grade for the whole to have it."""
SAID = 0.5
"""Share of its code points that must have been read at all for the whole to be called a translation."""
SHOWN = 5
_PLURALS = {"number": "numbers", "name": "names", "date": "dates", "address": "addresses", "quote": "quotation marks"}


class Reading:
    """Renders documents in ``read.language``; results depend neither on batches nor on the memory of translations."""

    def __init__(self, config: Config, memory: Memory | None = None) -> None:
        """Build the translators; raises ``ConfigError``. ``memory`` is for tests: None opens that of the store."""
        self._config = config
        self._to = config.read.language
        self._carrier = Carrier(config, memory)

    @property
    def version(self) -> str:
        """What results depend on besides the document, as a short mark; finds models and terms (``ConfigError``)."""
        return f"2-{self._config.read.lead_chars}-{self._carrier.mark}"

    @property
    def routes(self) -> dict[str, Route]:
        """The routes into the reading language, by language."""
        return self._carrier.routes

    def load(self) -> None:
        """Make ready; raises ``ConfigError`` for a bad glossary, ``ModelDamaged`` for files that are not the pinned."""
        self._carrier.load()

    def render(self, document: Document, whole: bool = False) -> Translation:
        """Return title and lead in the reading language; ``whole``: the whole text (at most ``MAX_WHOLE``).

        Raises ``Unavailable`` when nothing can be translated at all; never for a text, however odd.
        """
        return self.render_all([document], whole)[0]

    def render_all(self, documents: Sequence[Document], whole: bool = False) -> list[Translation]:
        """Render many: their sentences go to the translators together."""
        lead = MAX_WHOLE if whole else self._config.read.lead_chars
        cuts = [cut(document, lead) for document in documents]
        asked = [(unit.code, unit.text) for made in cuts for unit in made.units if self._route(unit.code)]
        carried = dict(zip(asked, self._carrier.carry(asked), strict=True))
        return [self._rendered(document, made, carried) for document, made in zip(documents, cuts, strict=True)]

    def _route(self, code: str) -> Route | None:
        return self._carrier.routes.get(code) if code != self._to else None

    def _rendered(self, document: Document, made: Cut, carried: dict[tuple[str, str], Made]) -> Translation:
        codes = {unit.code for unit in made.units} or {made.code}
        if codes == {self._to}:
            title_end = max((unit.end for unit in made.units if unit.of == "title"), default=0)
            title, lead = document.title[:title_end], document.text[: made.lead_end]
            return Translation(
                to=self._to, grade="neural", route="same", title=title, lead=lead, lead_end=made.lead_end
            )
        rendered = [self._unit(unit, carried.get((unit.code, unit.text))) for unit in made.units]
        grade = _whole_grade(made.units, rendered)
        if grade == "none":
            return Translation(to=self._to, grade="none", route="", reason=self._why_nothing(made))
        title, title_pieces = put_together(made.units, rendered, "title", self._to)
        lead, lead_pieces = put_together(made.units, rendered, "text", self._to)
        return Translation(
            to=self._to,
            grade=grade,
            route=self._main_route(made),
            title=title,
            lead=lead,
            lead_end=made.lead_end,
            reason="; ".join(self._reasons(made, rendered)),
            pieces=(*title_pieces, *lead_pieces),
            glossary=self._carrier.glossary.mark,
        )

    def _unit(self, unit: Unit, made: Made | None) -> Rendered:
        if unit.code == self._to:
            return Rendered(unit.text, "neural")
        route = self._route(unit.code)
        if route is None or made is None or not made.text:
            return Rendered("", "none")
        return Rendered(made.text, lowered(route.grade, made.faults), made.faults)

    def _main_route(self, made: Cut) -> str:
        """Return the name of the route that carried most of the document."""
        sizes: Counter[str] = Counter()
        for unit in made.units:
            if route := self._route(unit.code):
                sizes[route.name] += len(unit.text)
        return sizes.most_common(1)[0][0] if sizes else "same"

    def _why_nothing(self, made: Cut) -> str:
        if not made.units:
            return "there is no text"
        main = Counter[str]()
        for unit in made.units:
            main[unit.code] += len(unit.text)
        code = main.most_common(1)[0][0]
        return "the models refused this text" if self._route(code) else why_not(code, self._config)

    def _reasons(self, made: Cut, rendered: Sequence[Rendered]) -> list[str]:
        routes = dict.fromkeys(route for unit in made.units if (route := self._route(unit.code)))
        said = list(dict.fromkeys(route.remark for route in routes if route.remark))
        said += _told_faults([fault for result in rendered for fault in result.faults])
        left = [unit for unit, result in zip(made.units, rendered, strict=True) if result.grade == "none"]
        for code in dict.fromkeys(unit.code for unit in left):
            count = sum(unit.code == code for unit in left)
            why = "the models refused them" if self._route(code) else why_not(code, self._config)
            said.append(f"{count} of {len(made.units)} sentences stay as they are ({language_name(code)}): {why}")
        return said


def lowered(grade: Grade, faults: Sequence[Fault]) -> Grade:
    """Return the grade of a sentence in which ``faults`` were found: what lost or invented something is a gist."""
    return "gist" if faults else grade


def _whole_grade(units: Sequence[Unit], rendered: Sequence[Rendered]) -> Grade:
    """Return the best grade that ``REACHED`` of the code points have, or "none" if less than ``SAID`` was read."""
    sizes: Counter[Grade] = Counter()
    for unit, made in zip(units, rendered, strict=True):
        sizes[made.grade] += len(unit.text)
    total = sum(sizes.values())
    if not total or total - sizes["none"] < SAID * total:
        return "none"
    so_far = 0
    for grade in GRADES[:-1]:
        so_far += sizes[grade]
        if so_far >= REACHED * total:
            return grade
    return "gist"


def _told_faults(faults: Iterable[Fault]) -> list[str]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for fault in faults:
        found.setdefault((fault.kind, fault.way), {})[fault.what] = None
    told = []
    for (kind, way), what in sorted(found.items()):
        shown = ", ".join(list(what)[:SHOWN]) + (" …" if len(what) > SHOWN else "")
        words = "of the original are missing in the translation" if way == "lost" else "are not in the original"
        told.append(f"{_PLURALS[kind]} {words}: {shown}")
    return told
