"""Content codings, their bounds, and the memory that a bomb takes."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard

from babelscope.collect.coding import decode_body
from babelscope.collect.reasons import Refused

TEXT = "Zeitung, газета, 新聞. ".encode() * 500
RAW = zlib.compressobj(wbits=-15)
CODED = {
    "gzip": gzip.compress(TEXT),
    "X-GZip": gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]) + b"\0\0",
    "deflate": zlib.compress(TEXT),
    "deflate ": RAW.compress(TEXT) + RAW.flush(),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
    "identity": TEXT,
    "gzip, br": brotli.compress(gzip.compress(TEXT)),
    "": TEXT,
}


@pytest.mark.parametrize("name", CODED)
def test_decodes(name: str) -> None:
    assert decode_body(CODED[name], name, len(TEXT)) == TEXT
    with pytest.raises(Refused) as refused:
        decode_body(CODED[name], name, len(TEXT) - 1)
    assert refused.value.reason == "too-large"
    assert decode_body(CODED[name], name, 1000, truncate=True) == TEXT[:1000]


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_truncated(name: str, kept: float) -> None:
    body = CODED[name]
    with pytest.raises(Refused) as refused:
        decode_body(body[: int(len(body) * kept)], name, 1 << 20)
    assert refused.value.reason == "truncated"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "compress", "gzip,gzip,gzip,gzip"])
def test_not_what_it_says(name: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_body(b"<html>plain text, no coding at all</html>", name, 1 << 20)
    assert refused.value.reason in ("bad-encoding", "truncated")


def test_a_thousand_members_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        decode_body(gzip.compress(b"") * 1000, "gzip", 1 << 20)
    assert refused.value.reason == "bad-encoding"


@pytest.mark.parametrize("name", ["br", "zstd", "deflate", "gzip, gzip"])
def test_a_bomb_of_256_mb_takes_little_memory(name: str) -> None:
    bomb = _bomb(name)
    assert len(bomb) < 2 << 20
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            decode_body(bomb, name, 1 << 20)
        assert refused.value.reason == "too-large"
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


def _bomb(name: str) -> bytes:
    piece = b"\0" * (1 << 20)
    if name == "br":
        brotli_stream = brotli.Compressor(quality=3)
        return b"".join([brotli_stream.process(piece) for _ in range(256)]) + brotli_stream.finish()
    if name == "zstd":
        zstd_stream = zstandard.ZstdCompressor().compressobj()
        return b"".join([zstd_stream.compress(piece) for _ in range(256)]) + zstd_stream.flush()
    deflate = zlib.compressobj(1, wbits=15 if name == "deflate" else 31)
    packed = b"".join([deflate.compress(piece) for _ in range(256)]) + deflate.flush()
    return packed if name == "deflate" else gzip.compress(packed)
