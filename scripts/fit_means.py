"""Compute the mean embedding of each language once, on a fixed multilingual sample, and store it in the package.

Sample: NTREX-128 (Federmann et al. 2022, CC BY-SA 4.0), every second document, four passages of a document: its title
with the lead, and three further places. Only means are stored, no text. The other half of the documents is left for
the quality tests. Run: ``python scripts/fit_means.py [../shared/data [my,sr]]`` (about 15 minutes of one core);
languages after the folder are fitted alone: the others, and the mean of all, stay as they are.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np

from babelscope.flow.config import Config
from babelscope.understand.embed import DIMENSIONS, MEANS_FILE, TOKENS, embedded_text, load_engine, load_means

SHRINK = 50
PLACES = (0.0, 0.25, 0.5, 0.75)
# NTREX name → ISO 639-1 (639-3 where none exists); variants of one language are pooled.
CODES = {
    "afr": "af", "amh": "am", "arb": "ar", "aze-Latn": "az", "bak": "ba", "bel": "be", "ben": "bn", "bos": "bs",
    "bul": "bg", "cat": "ca", "ces": "cs", "cym": "cy", "dan": "da", "deu": "de", "ell": "el", "eng": "en",
    "est": "et", "eus": "eu", "ewe": "ee", "fao": "fo", "fas": "fa", "fij": "fj", "fil": "tl", "fin": "fi",
    "fra": "fr", "fra-CA": "fr", "gle": "ga", "glg": "gl", "hau": "ha", "heb": "he", "hin": "hi", "hrv": "hr",
    "hun": "hu", "hye": "hy", "ibo": "ig", "ind": "id", "isl": "is", "ita": "it", "jpn": "ja", "kaz": "kk",
    "kin": "rw", "kir": "ky", "kmr": "ku", "kor": "ko", "lav": "lv", "lit": "lt", "ltz": "lb", "mal": "ml",
    "mar": "mr", "mkd": "mk", "mlg": "mg", "mon": "mn", "msa": "ms", "mya": "my", "nep": "ne", "nld": "nl",
    "nno": "nn", "nob": "no", "nya": "ny", "orm": "om", "pan": "pa", "pol": "pl", "por": "pt", "por-BR": "pt",
    "prs": "fa", "pus": "ps", "ron": "ro", "rus": "ru", "slk": "sk", "slv": "sl", "sna-Latn": "sn",
    "snd-Arab": "sd", "som": "so", "spa": "es", "spa-MX": "es", "sqi": "sq", "srp-Cyrl": "sr", "srp-Latn": "sr",
    "swa": "sw", "swe": "sv", "tam": "ta", "tat": "tt", "tel": "te", "tha": "th", "ton": "to", "tsn": "tn",
    "tuk": "tk", "tur": "tr", "ukr": "uk", "urd": "ur", "uzb": "uz", "vie": "vi", "xho": "xh", "yor": "yo",
    "zho-CN": "zh", "zho-TW": "zh", "zul": "zu",
}  # fmt: skip


def documents(ids: list[str], lines: list[str]) -> list[list[str]]:
    """Group the lines of one version by document, in order."""
    grouped: dict[str, list[str]] = {}
    for name, line in zip(ids, lines, strict=True):
        grouped.setdefault(name, []).append(line)
    return list(grouped.values())


def passages(document: list[str]) -> list[str]:
    """Return four passages of a document as the stage would embed them."""
    starts = sorted({int(place * len(document)) for place in PLACES})
    return [embedded_text(document[s], " ".join(document[s + 1 : s + 6])) for s in starts]


def fitted(data: dict[str, Any], only: list[str] | None) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Return the sum of the vectors of each language, and their number."""
    engine = load_engine(Config())
    sums: dict[str, np.ndarray] = {}
    counts: dict[str, int] = {}
    for version, code in CODES.items():
        if only and code not in only:
            continue
        texts = [p for d in documents(data["doc_ids"], data["lines"][version])[::2] for p in passages(d)]
        vectors = np.stack([engine.passage(t, TOKENS) for t in texts]).astype(np.float64)
        sums[code] = sums.get(code, 0) + vectors.sum(axis=0)
        counts[code] = counts.get(code, 0) + len(texts)
        print(version, len(texts), flush=True)
    return sums, counts


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared" / "data")
    spec = importlib.util.spec_from_file_location("eval_load", root / "load.py")
    assert spec is not None and spec.loader is not None
    loader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loader)
    data = loader.ntrex_dev()
    only = sys.argv[2].split(",") if len(sys.argv) > 2 else None
    target = Path(__file__).parents[1] / "src" / "babelscope" / "understand" / MEANS_FILE
    sums, counts = fitted(data, only)
    if only:
        kept = load_means()
        overall, means_of = kept.overall.astype(np.float64), dict(kept.by_language)
    else:
        overall, means_of = np.mean([sums[c] / counts[c] for c in sums], axis=0), {}
    means_of |= {c: (sums[c] + SHRINK * overall) / (counts[c] + SHRINK) for c in sums}
    languages = sorted(means_of)
    means = np.stack([means_of[c] for c in languages])
    assert means.shape == (len(languages), DIMENSIONS)
    np.savez(target, languages=np.array(languages), means=means.astype("<f2"), overall=overall.astype("<f2"))
    print(target, target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
