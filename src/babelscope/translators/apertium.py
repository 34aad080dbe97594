"""Translator ``apertium``: the rule-based pairs of an installed Apertium (GPL, a program of its own), for chains.

Sentences go in many at a time, each a paragraph of its own (Apertium's text format ends a sentence at an empty line,
so that no rule reaches across), and the paragraphs that come out are counted. Forcada et al. 2011, "Apertium: a
free/open-source platform for rule-based machine translation".
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.shapes import Hop, Translator
from babelscope.languages.codes import UNKNOWN, canonical_code
from babelscope.translators.state_names import put_back, put_in, table_version

AT_ONCE = 400
"""Sentences of one call: the start of a mode costs .15–.4 s, a sentence about a millisecond."""
LIST_SECONDS = 10.0
CALL_SECONDS = 20.0
SENTENCE_SECONDS = 0.25
"""One call may take ``CALL_SECONDS`` and this much for each of its sentences."""
GROWTH = 8
"""Bytes out for one byte in, at most (above 64 kB)."""
QUALITY = {
    ("es", "pt"): 0.93,
    ("gl", "pt"): 0.9,
    ("ca", "pt"): 0.86,
    ("pt", "es"): 0.93,
    ("pt", "gl"): 0.9,
    ("pt", "ca"): 0.85,
    ("es", "ca"): 0.9,
    ("ca", "es"): 0.9,
    ("es", "gl"): 0.9,
    ("gl", "es"): 0.9,
    ("oc", "ca"): 0.8,
    ("no", "nn"): 0.9,
    ("nn", "no"): 0.9,
    ("fr", "es"): 0.7,
    ("it", "es"): 0.6,
    ("it", "ca"): 0.6,
}
OTHER_QUALITY = 0.5
"""Of a pair that nobody here has judged, and of the direct pairs into English: a gist."""
_MEMBERS = {"sh": ("hr", "bs")}
"""Languages that a pair for their group reads."""
_MODE = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_MARKED = re.compile(r"(?<!\S)[*@#](\w+)")
_DATA_FILE = re.compile(r"'(/[^']+)'")


class ApertiumTranslator:
    """Sentences → sentences by the modes that ``apertium -l`` lists."""

    name = "apertium"

    def __init__(self, config: Config) -> None:
        self._config = config

    def hops(self) -> Sequence[Hop]:
        """Return one hop per installed pair; none without Apertium."""
        program = shutil.which("apertium")
        return _hops(program, *_state(program)) if program else ()

    def translate(self, hop: Hop, sentences: Sequence[str]) -> Sequence[str]:
        """Return one translation per sentence; "" where the program failed on it alone. Raises ``Unavailable``."""
        program = shutil.which("apertium")
        if program is None:
            raise Unavailable("apertium is no longer installed; sudo apt-get install apertium")
        mode = hop.model.partition("#")[0].removeprefix("apertium-")
        clean = [" ".join(_UNSAFE.sub(" ", sentence).split()) for sentence in sentences]
        made: list[str] = []
        named = [put_in(sentence, hop.source, hop.target) for sentence in clean]
        for at in range(0, len(named), AT_ONCE):
            made += _translate([program, "-u", mode], [sentence for sentence, _ in named[at : at + AT_ONCE]])
        return [put_back(text, held) for text, (_, held) in zip(made, named, strict=True)]


def _translate(command: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """Translate in one call; if what comes out does not fit what went in, each half by itself, down to one."""
    wanted = [sentence for sentence in sentences if sentence]
    if not wanted:
        return [""] * len(sentences)
    limit = max(65_536, GROWTH * sum(len(s.encode()) for s in wanted))
    raw = _call(command, "\n\n".join(wanted).encode() + b"\n", CALL_SECONDS + SENTENCE_SECONDS * len(wanted), limit)
    parts = raw.decode("utf-8", "replace").removesuffix("\n").split("\n\n") if raw is not None else []
    made = [" ".join(part.split()) for part in parts]
    if len(made) != len(wanted) or any(_is_lost(*pair) for pair in zip(wanted, made, strict=True)):
        if len(wanted) == 1:
            return ["" for _ in sentences]
        middle = len(sentences) // 2
        return _translate(command, sentences[:middle]) + _translate(command, sentences[middle:])
    rest = iter(made)
    return [_without_marks(sentence, next(rest)) if sentence else "" for sentence in sentences]


def _is_lost(sentence: str, made: str) -> bool:
    """Say whether words went in and nothing came out (of "¿" alone nothing does)."""
    return not made and any(map(str.isalnum, sentence))


def _call(command: Sequence[str], text: bytes, seconds: float, limit: int) -> bytes | None:
    """Return what the program writes; None if it fails, takes too long or writes too much. Its group is killed."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as taken:
        given.write(text)
        given.seek(0)
        try:
            child = subprocess.Popen(  # noqa: S603 (a program found on the path, a mode that it listed itself)
                _bounded(command, limit),
                stdin=given,
                stdout=taken,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd=tempfile.gettempdir(),
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(f"{command[0]} cannot be started: {error.strerror}") from None
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        size = taken.seek(0, os.SEEK_END)
        if code != 0 or size > limit:
            return None
        taken.seek(0)
        return taken.read()


def _bounded(command: Sequence[str], limit: int) -> list[str]:
    """Return ``command`` with its files bounded: whatever it writes, here or in its pipes, it cannot fill the disk."""
    blocks = limit // 512 + 1
    return ["/bin/sh", "-c", f'ulimit -f {blocks}; ulimit -c 0; exec "$@"', "sh", *command]


def _environment() -> dict[str, str]:
    """Return what the program needs and no more: no key of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "APERTIUM_PATH", "APERTIUM_DATADIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TMPDIR": tempfile.gettempdir()}


def _state(program: str) -> tuple[Path, float]:
    """Return the folder of modes, and its time, which changes when pairs are installed or removed."""
    modes = Path(program).resolve().parents[1] / "share" / "apertium" / "modes"
    return modes, modes.stat().st_mtime if modes.is_dir() else 0.0


@functools.lru_cache(maxsize=4)
def _hops(program: str, modes: Path, _changed: float) -> tuple[Hop, ...]:
    raw = _call([program, "-l"], b"", LIST_SECONDS, 1 << 20) or b""
    found: dict[tuple[str, str], Hop] = {}
    for line in sorted(raw.decode("utf-8", "replace").split()):
        match = _MODE.fullmatch(line)
        ends = (canonical_code(match[1]), canonical_code(match[2])) if match else (UNKNOWN, UNKNOWN)
        if UNKNOWN not in ends and ends[0] != ends[1]:
            for source in (ends[0], *_MEMBERS.get(ends[0], ())):
                mark = _version(line, modes, table_version(source, ends[1]))
                found.setdefault((source, ends[1]), _hop(source, ends[1], f"apertium-{line}#{mark}"))
    return tuple(found.values())


def _hop(source: str, target: str, model: str) -> Hop:
    quality = QUALITY.get((source, target), OTHER_QUALITY)
    return Hop(translator="apertium", source=source, target=target, model=model, neural=False, quality=quality)


def _version(mode: str, modes: Path, table: str) -> str:
    """Return the mark of a mode: a hash of its definition, of the data files that it names, and of our ``table``."""
    digest = hashlib.sha256(table.encode())
    with suppress(OSError):
        text = (modes / f"{mode}.mode").read_text(encoding="utf-8", errors="replace")
        digest.update(text.encode())
        for name in sorted(set(_DATA_FILE.findall(text))):
            with suppress(OSError), Path(name).open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:8]


def _without_marks(sentence: str, made: str) -> str:
    """Return ``made`` without the signs that Apertium puts before words it could not transfer or inflect."""
    return _MARKED.sub(lambda match: match[0] if match[0] in sentence else match[1], made)


def build(config: Config) -> Translator:
    """Return the translator ``apertium``."""
    return ApertiumTranslator(config)
