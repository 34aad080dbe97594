"""``babelscope models`` and ``--offline``, run as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from commands import babelscope
from loopback import Serving, answer

FILES = {"model.esen.bin": bytes(range(256)) * 100, "lex.esen.bin": b"lexicon", "vocab.esen.spm": b"vocabulary"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "have" / "es-en"
    folder.mkdir(parents=True)
    for name, body in FILES.items():
        (folder / name).write_bytes(body)
    (tmp_path / "babelscope.toml").write_text('[models]\nmanifest = "own.toml"\ncache = "cache"\n', encoding="utf-8")
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    return tmp_path


def said(*args: str, cwd: Path, code: int = 0) -> str:
    done = babelscope(*args, cwd=cwd)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return (done.stdout if not code else done.stdout + done.stderr).decode()


def test_pin_get_verify_path_list(place: Path) -> None:
    with Serving({f"127.0.0.1/m/{name}": answer(body) for name, body in FILES.items()}) as site:
        entry = said("models", "pin", "have/es-en", "--url", f"http://127.0.0.1:{site.port}/m", cwd=place)
        (place / "own.toml").write_text(entry, encoding="utf-8")
        name = "firefox-es-en"
        missing = said("models", "path", "es-en", cwd=place, code=1)
        assert f"babelscope models get {name}" in missing and "looked in" in missing
        assert "nothing is fetched" in said("--offline", "models", "get", "es", cwd=place, code=1)
        assert site.connections == 0
        (row,) = [m for m in json.loads(said("models", "list", "--json", cwd=place)) if m["model"] == name]
        assert (row["state"], row["ok"]) == (f"not here: babelscope models get {name}", True)
        told = said("models", "get", "es", cwd=place)
        assert said("models", "get", cwd=place).startswith("nothing to fetch")
    folder = said("models", "path", "es-en", cwd=place).strip()
    assert told == f"{name}: {folder}\n" == f"{name}: {said('models', 'path', name, cwd=place)}"
    assert {p.name: p.read_bytes() for p in Path(folder).iterdir()} == FILES
    assert Path(folder).parent == Path(said("models", "path", cwd=place).strip())
    assert "es→en" in said("models", "list", cwd=place)
    assert said("models", "verify", "es-en", cwd=place) == "1 models are as they should be\n"
    (Path(folder) / "lex.esen.bin").write_bytes(b"L" * 7)
    assert "lex.esen.bin is not the pinned file" in said("models", "verify", name, cwd=place, code=1)
    assert "get" in said("models", "path", "es", cwd=place, code=1)


def test_what_cannot_be_done_is_one_sentence(place: Path) -> None:
    (place / "own.toml").write_text("[[model]]\nid = 'x'\n", encoding="utf-8")
    assert "models.manifest" in said("models", "list", cwd=place, code=1)
    (place / "own.toml").write_text("", encoding="utf-8")
    assert "no manifest names a model es→en" in said("models", "get", "es", cwd=place, code=1)
    assert "models list" in said("models", "get", "nonsense", cwd=place, code=1)
    assert "no such folder" in said("models", "pin", "nowhere", "--pair", "es-en", cwd=place, code=1)
    assert "no pair of languages" in said("models", "pin", "have", cwd=place, code=1)
    assert "--id: 'my id'" in said("models", "pin", "have/es-en", "--id", "my id", cwd=place, code=1)
    (place / "have" / "xx-en").mkdir()
    assert "no model.*.bin" in said("models", "pin", "have/xx-en", cwd=place, code=1)
    assert "not encrypted" in said("models", "pin", "have/es-en", "--url", "http://m.example", cwd=place, code=1)


def test_a_run_fetches_first_and_does_not_begin_without(place: Path) -> None:
    with Serving({"127.0.0.1/m/lex.esen.bin": answer(FILES["lex.esen.bin"])}) as site:
        entry = said("models", "pin", "have/es-en", "--url", f"http://127.0.0.1:{site.port}/m", cwd=place)
        (place / "own.toml").write_text(entry, encoding="utf-8")
        source = '[[source]]\nid = "a"\nname = "A"\nhome = "http://courier.test/"\n'
        models = '[models]\nmanifest = "own.toml"\ncache = "cache"\ndownload = true\n'
        (place / "babelscope.toml").write_text(models + source, encoding="utf-8")
        assert "model.esen.bin: the server answers 404" in said("run", "--once", cwd=place, code=1)
    assert not (place / "babelscope-data").exists()


def test_offline_collects_nothing_and_says_what_to_do(place: Path) -> None:
    for verb in (("run", "--once"), ("collect", "--once"), ("sources", "add", "https://courier.example/")):
        assert "--offline: nothing is" in said("--offline", *verb, cwd=place, code=1)
    (place / "babelscope.toml").write_text('[run]\nengine = "ray"\n', encoding="utf-8")
    assert "Ray" in said("--offline", "process", cwd=place, code=1)


def test_offline_refuses_every_connection_but_to_this_machine(tmp_path: Path) -> None:
    """Whatever library asks: names, addresses, datagrams; in the workers of the pool as well."""
    program = """
import socket, sys
from babelscope.flow.offline import go_offline, is_offline
from concurrent.futures import ProcessPoolExecutor
import multiprocessing
go_offline()
assert is_offline()
def refused(act):
    try:
        act()
    except OSError as error:
        return "--offline" in str(error)
    return False
def tcp(host): return lambda: socket.create_connection((host, 9), timeout=1)
assert refused(tcp("192.0.2.1")) and refused(tcp("files.example")) and refused(tcp("2001:db8::1"))
assert refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
assert refused(lambda: socket.gethostbyname("files.example"))
assert refused(lambda: socket.getaddrinfo(b"files.example", 80))
assert refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("192.0.2.1", 53)))
assert refused(lambda: socket.socket(socket.AF_INET).connect(("127.0.0.1.example", 9)))
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
    socket.create_connection(("localhost", server.getsockname()[1])).close()
with socket.socket(socket.AF_UNIX) as local, socket.socket(socket.AF_UNIX) as other:
    local.bind("here.socket")
    local.listen()
    other.connect("here.socket")
from babelscope.flow.pool import _pool
from babelscope.flow.apply import PipelineSpec
from babelscope.flow.config import Config
if __name__ == "__main__":
    with _pool(PipelineSpec(stages=("fingerprint",), config=Config()), 1) as pool:
        assert pool.submit(is_offline).result()
    print("kept")
"""
    given = [sys.executable, "-c", program]
    done = subprocess.run(given, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "kept\n"), done.stderr
