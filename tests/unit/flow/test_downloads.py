"""Fetching models from a real server on loopback: whole and checked, or not there; many processes, killed ones."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import multiprocessing
import os
import re
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from babelscope.flow import models
from babelscope.flow.config import Config, ModelsConfig
from babelscope.flow.download import Pace, fetch
from babelscope.flow.errors import ConfigError, ModelMissing, Unavailable
from babelscope.flow.manifest import ModelEntry, entry
from babelscope.flow.own_manifest import MAX_FILE_SIZE, known
from babelscope.flow.weights import downloaded_folder, package_folder
from loopback import Answer, Request, Serving, Site, answer, redirect

MODEL = bytes(range(256)) * 4000
FILES = {"model.esen.bin": MODEL, "lex.esen.bin": b"lexicon" * 500, "vocab.esen.spm": b"vocabulary" * 50}
ID = "firefox-es-en-test"
HASTE = Pace(silence=2.0, start=20.0)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(models.ENVIRONMENT, raising=False)


def table(base: str, files: dict[str, bytes] | None = None, model_id: str = ID, languages: str = "es→en") -> str:
    rows = [
        f'  {{ name = "{n}", size = {len(b)}, sha256 = "{hashlib.sha256(b).hexdigest()}", url = "{base}/{n}" }},\n'
        for n, b in (files or FILES).items()
    ]
    head = f'[[model]]\nid = "{model_id}"\ntask = "translate"\nlanguages = "{languages}"\n'
    return f"{head}files = [\n{''.join(rows)}]\n"


def configuration(tmp_path: Path, text: str, download: bool = False) -> Config:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    given = ModelsConfig(cache=str(tmp_path / "cache"), manifest=str(tmp_path / "own.toml"), download=download)
    return Config(models=given)


def files(**other: Answer) -> dict[str, Answer]:
    answers: dict[str, Answer] = {f"127.0.0.1/{name}": answer(body) for name, body in FILES.items()}
    return answers | {f"127.0.0.1/{name.replace('_', '.')}": found for name, found in other.items()}


@contextmanager
def serving(answers: dict[str, Answer], tmp_path: Path, download: bool = False) -> Iterator[tuple[Site, Config]]:
    with Serving(answers) as site:
        yield site, configuration(tmp_path, table(f"http://127.0.0.1:{site.port}"), download)


def wanted(config: Config) -> ModelEntry:
    return known(config)[ID]


def bring(config: Config) -> Path:
    return fetch(wanted(config), downloaded_folder(wanted(config), config), pace=HASTE)


def fails(answers: dict[str, Answer], tmp_path: Path, words: str, pace: Pace = HASTE) -> None:
    """The fetch fails with ``words``, and no folder has the model's name."""
    with serving(answers, tmp_path) as (_, config):
        target = downloaded_folder(wanted(config), config)
        with pytest.raises(Unavailable, match=words):
            fetch(wanted(config), target, pace=pace)
        assert not target.exists()
        assert not models.available(ID, config)


def test_files_are_fetched_checked_and_become_a_pair(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with serving(files(), tmp_path) as (site, config):
        assert models.user_pairs(config) == []
        folder = models.bring(wanted(config), config, lambda *one: told.append(one))
    assert folder == tmp_path / "cache" / "downloaded" / f"{ID}-{wanted(config).mark}"
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == FILES
    assert sorted(site.asked()) == sorted(f"127.0.0.1/{name}" for name in FILES)
    assert told[-1][1:] == (len(FILES["vocab.esen.spm"]),) * 2 and ("model.esen.bin", len(MODEL), len(MODEL)) in told
    (pair,) = models.user_pairs(config)  # the server is gone: nothing is asked again
    assert (pair.source, pair.target, pair.mark, pair.model.parent) == ("es", "en", wanted(config).mark, folder)
    assert models.user_pair("es", "en", config) == pair and models.user_pair("en", "es", config) is None
    assert models.resolve(ID, config) == folder and models.verify(ID, config) == []
    row = next(s for s in models.inventory(config) if s.model == ID)
    assert (row.source, row.state, row.languages, row.folder) == ("downloaded", "ok", "es→en", str(folder))
    assert models.bring(wanted(config), config, lambda *_: None) == folder


def test_nothing_is_fetched_unless_it_was_allowed(tmp_path: Path) -> None:
    with serving(files(), tmp_path) as (site, config):
        with pytest.raises(ModelMissing, match=rf"download \(off\)\n  install    babelscope models get {ID}$"):
            models.resolve(ID, config)
        assert models.fetch_listed(config, lambda *_: None) == []
        models.user_pairs(config), models.inventory(config, rehash=True), models.available(ID, config)
        assert site.connections == 0
    with serving(files(), tmp_path, download=True) as (site, config):
        models.user_pairs(config), models.inventory(config, rehash=True), models.available(ID, config)
        assert site.connections == 0
        assert models.resolve(ID, config).is_dir() and site.connections > 0


def test_a_run_fetches_what_the_manifest_lists(tmp_path: Path) -> None:
    with serving(files(), tmp_path, download=True) as (_, config):
        assert [e.id for e in models.fetch_listed(config, lambda *_: None)] == [ID]
        assert models.fetch_listed(config, lambda *_: None) == []
        assert models.available(ID, config)


def test_the_users_own_folder_comes_first(tmp_path: Path) -> None:
    with serving(files(), tmp_path) as (_, config):
        fetched = models.bring(wanted(config), config, lambda *_: None)
        mine = tmp_path / "mine" / ID
        mine.parent.mkdir()
        fetched.rename(mine)
        own = Config(models=ModelsConfig(manifest=config.models.manifest, directory=str(mine.parent)))
        assert models.resolve(ID, own) == mine
        assert models.user_pairs(own)[0].model.parent == mine


def test_a_wrong_hash_is_fatal_and_leaves_nothing(tmp_path: Path) -> None:
    wrong = MODEL[:-1] + b"?"
    fails(files(model_esen_bin=answer(wrong)), tmp_path, "is not the pinned file")
    assert not list((tmp_path / "cache").rglob("model.esen.bin*"))


def test_one_wrong_file_of_many_keeps_all_from_use(tmp_path: Path) -> None:
    fails({**files(), "127.0.0.1/vocab.esen.spm": answer(b"x" * 500)}, tmp_path, "vocab.esen.spm: is not the pinned")


def test_more_bytes_than_pinned_are_refused_before_they_are_taken(tmp_path: Path) -> None:
    fails(files(model_esen_bin=answer(MODEL + b"!")), tmp_path, f"{len(MODEL) + 1} bytes are offered")
    endless = b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" + MODEL + b"and on and on"
    fails(files(model_esen_bin=endless), tmp_path, "goes on after")


def test_a_bomb_in_chunks_is_cut_at_the_pinned_size(tmp_path: Path) -> None:
    sent = 0

    async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(2000):
            writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            sent += 65536
            await writer.drain()

    fails(files(model_esen_bin=endless), tmp_path, "goes on after")
    assert sent < 20_000_000


@pytest.mark.parametrize(("status", "words"), [(404, "answers 404"), (403, "answers 403"), (503, "answers 503")])
def test_a_refusal_is_told(tmp_path: Path, status: int, words: str) -> None:
    fails(files(model_esen_bin=answer(b"no", status)), tmp_path, words)


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    with serving(files(model_esen_bin=[answer(b"", 503), answer(MODEL)]), tmp_path) as (_, config):
        assert bring(config).is_dir()


def test_a_cut_connection_goes_on_where_it_ended(tmp_path: Path) -> None:
    ranges: list[str] = []

    async def halting(request: Request, writer: asyncio.StreamWriter) -> None:
        ranges.append(request.headers.get("range", ""))
        at = int((re.findall(r"\d+", ranges[-1]) or ["0"])[0])
        end = min(at + 400_000, len(MODEL))
        part = f"Content-Range: bytes {at}-{len(MODEL) - 1}/{len(MODEL)}\r\n" if at else ""
        head = f"HTTP/1.1 {206 if at else 200} X\r\n{part}Content-Length: {len(MODEL) - at}\r\n\r\n"
        writer.write(head.encode() + MODEL[at:end])
        await writer.drain()

    with serving(files(model_esen_bin=halting), tmp_path) as (_, config):
        assert (bring(config) / "model.esen.bin").read_bytes() == MODEL
    assert ranges == ["", "bytes=400000-", "bytes=800000-"]


def test_a_server_without_ranges_starts_anew(tmp_path: Path) -> None:
    cut = answer(MODEL)[:-500_000]

    async def once(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(cut)
        await writer.drain()

    with serving(files(model_esen_bin=[once, answer(MODEL)]), tmp_path) as (_, config):
        assert (bring(config) / "model.esen.bin").read_bytes() == MODEL


def test_always_cut_off_is_an_error_and_what_came_is_kept(tmp_path: Path) -> None:
    async def cut(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(MODEL)[:-100])
        await writer.drain()

    fails(files(model_esen_bin=cut), tmp_path, "ended before the file did; .* are kept for another try")


def test_remains_of_another_version_do_not_block(tmp_path: Path) -> None:
    async def out_of_range(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", 416) if "range" in request.headers else answer(MODEL))
        await writer.drain()

    with serving(files(model_esen_bin=out_of_range), tmp_path) as (_, config):
        target = downloaded_folder(wanted(config), config)
        part = target.parent / f"{target.name}.part"
        part.mkdir(parents=True)
        (part / "model.esen.bin.part").write_bytes(b"of something else")
        (part / "lex.esen.bin").write_bytes(b"wrong")
        assert {p.name: p.read_bytes() for p in bring(config).iterdir()} == FILES


def test_silence_and_dripping_are_too_slow(tmp_path: Path) -> None:
    async def silent(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(MODEL)[:200])
        await writer.drain()
        await asyncio.sleep(30)

    async def dripping(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(MODEL)[:1000])
        for _ in range(600):
            writer.write(b"\0")
            await writer.drain()
            await asyncio.sleep(0.05)

    began = time.monotonic()
    fails(files(model_esen_bin=silent), tmp_path, "the connection broke", Pace(silence=0.3, start=20.0))
    slow = Pace(silence=5.0, start=1.0, bytes_per_second=1e9)
    fails(files(model_esen_bin=dripping), tmp_path, "too slow", slow)
    assert time.monotonic() - began < 15


def test_redirects_are_few_and_checked(tmp_path: Path) -> None:
    moved: dict[str, Answer] = {"127.0.0.1/there": answer(MODEL), "127.0.0.1/round": redirect("/round")}
    with serving(files(model_esen_bin=redirect("/there")) | moved, tmp_path) as (_, config):
        assert bring(config).is_dir()
    for number, (target, words) in enumerate(
        [
            ("http://files.example/model", "redirects to .* not encrypted"),
            ("file:///etc/passwd", "to no web address"),
            ("ftp://127.0.0.1/model", "redirects to"),
            ("/round", "a redirect too many"),
        ]
    ):
        (tmp_path / str(number)).mkdir()
        fails(files(model_esen_bin=redirect(target)) | moved, tmp_path / str(number), words)


def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    key, pem = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", pem]
    subprocess.run([*made, *names], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, key)
    server = Serving({})
    server.site = Site({f"localhost/{name}": answer(body) for name, body in FILES.items()}, ssl=tls)
    with server as site:
        config = configuration(tmp_path, table(f"https://localhost:{site.port}"))
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            bring(config)
        assert site.asked() == []


def test_only_pinned_files_are_used(tmp_path: Path) -> None:
    with serving(files(), tmp_path) as (_, config):
        target = downloaded_folder(wanted(config), config)
        part = target.parent / f"{target.name}.part"
        part.mkdir(parents=True)
        (part / "model.another.bin").write_bytes(b"nobody pinned this")
        folder = bring(config)
        assert {p.name for p in folder.iterdir()} == set(FILES)
        (folder / "model.aaaa.bin").write_bytes(b"nor this")
        (pair,) = models.user_pairs(config)
        assert pair.model == folder / "model.esen.bin"


def test_an_address_where_nobody_listens_is_told(tmp_path: Path) -> None:
    with Serving({}) as site:
        port = site.port
    config = configuration(tmp_path, table(f"http://127.0.0.1:{port}"))
    with pytest.raises(Unavailable, match="cannot be reached"):
        bring(config)


def test_a_full_disk_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    (file,) = known(configuration(tmp_path, table("http://127.0.0.1:9", {"model.bin": b"m"})))[ID].files
    huge = [msgspec.structs.replace(file, name=f"{n}.bin", size=MAX_FILE_SIZE) for n in range(10_000)]
    whole = msgspec.structs.replace(entry("firefox-pt-en-tiny"), files=tuple(huge))
    with pytest.raises(Unavailable, match="has no room for"):
        fetch(whole, tmp_path / "there", pace=HASTE)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with serving(files(), tmp_path) as (_, config), pytest.raises(Unavailable, match="cannot be written"):
        bring(config)


def _fetch_elsewhere(given: tuple[str, str]) -> str:
    config = Config(models=ModelsConfig(cache=given[0], manifest=given[1]))
    return str(models.bring(known(config)[ID], config, lambda *_: None))


def test_many_processes_fetch_once(tmp_path: Path) -> None:
    with serving(files(), tmp_path) as (site, config):
        given = (config.models.cache, config.models.manifest)
        with multiprocessing.get_context("spawn").Pool(4) as pool:
            folders = set(pool.map(_fetch_elsewhere, [given] * 4, chunksize=1))
    assert len(folders) == 1 and len(site.asked("model")) == 1
    assert sorted(p.name for p in (tmp_path / "cache" / "downloaded").iterdir()) == [
        Path(next(iter(folders))).name,
        f"{Path(next(iter(folders))).name}.lock",
    ]


def test_a_killed_fetch_is_never_used_and_the_next_one_goes_on(tmp_path: Path) -> None:
    half = asyncio.Event()

    async def stalling(request: Request, writer: asyncio.StreamWriter) -> None:
        if "range" in request.headers:
            at = int(re.findall(r"\d+", request.headers["range"])[0])
            part = f"Content-Range: bytes {at}-{len(MODEL) - 1}/{len(MODEL)}"
            head = f"HTTP/1.1 206 X\r\n{part}\r\nContent-Length: {len(MODEL) - at}\r\n\r\n"
            writer.write(head.encode() + MODEL[at:])
            await writer.drain()
            return
        writer.write(answer(MODEL)[:-200_000])
        await writer.drain()
        await half.wait()

    with serving(files(lex_esen_bin=answer(FILES["lex.esen.bin"]), model_esen_bin=stalling), tmp_path) as (
        site,
        config,
    ):
        target = downloaded_folder(wanted(config), config)
        given = (config.models.cache, config.models.manifest)
        child = multiprocessing.get_context("spawn").Process(target=_fetch_elsewhere, args=(given,))
        child.start()
        growing = target.parent / f"{target.name}.part" / "model.esen.bin.part"
        _wait(lambda: growing.is_file() and growing.stat().st_size > 100_000)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join(30)
        assert not target.exists() and not models.available(ID, config) and models.user_pairs(config) == []
        kept = growing.stat().st_size
        folder = bring(config)
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == FILES
        assert [r.headers.get("range") for r in site.log if r.place.endswith("model.esen.bin")] == [
            None,
            f"bytes={kept}-",
        ]


def _wait(is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_damaged_download_is_fatal_until_it_is_fetched_again(tmp_path: Path) -> None:
    with serving(files(), tmp_path) as (site, config):
        folder = bring(config)
        (folder / "lex.esen.bin").write_bytes(b"?" * len(FILES["lex.esen.bin"]))
        with pytest.raises(models.ModelDamaged, match=f"`babelscope models get {ID}` again"):
            models.resolve(ID, config)
        with pytest.raises(models.ModelDamaged):
            models.user_pairs(config)
        assert models.verify(ID, config)
        before = len(site.log)
        assert models.bring(wanted(config), config, lambda *_: None) == folder
        assert [r.place for r in site.log[before:]] == ["127.0.0.1/lex.esen.bin"]  # only what was wrong
        assert models.verify(ID, config) == []


def test_addresses_for_a_built_in_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files from another place, where the carrier package is not installed."""
    pt = entry("firefox-pt-en-tiny")
    carrier = package_folder(pt.package)
    assert carrier is not None
    bodies = {f.name: (carrier / pt.root / f.name).read_bytes() for f in pt.files}
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with Serving({f"127.0.0.1/{name}": answer(body) for name, body in bodies.items()}) as site:
        text = table(f"http://127.0.0.1:{site.port}", bodies, pt.id, "pt→en")
        config = configuration(tmp_path, text, download=True)
        folder = models.resolve(pt.id, config)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == bodies
    with pytest.raises(ConfigError, match="is a built-in model with other files"):
        known(configuration(tmp_path, table("https://files.example", FILES, pt.id)))


def test_a_fetched_model_translates(tmp_path: Path) -> None:
    """From the address in the manifest to a sentence: the real model of pt→en, as a user's own."""
    from babelscope.understand.firefox import FirefoxTranslator

    pt = entry("firefox-pt-en-tiny")
    carrier = package_folder(pt.package)
    assert carrier is not None
    bodies = {f.name: (carrier / pt.root / f.name).read_bytes() for f in pt.files}
    with Serving({f"127.0.0.1/{name}": answer(body) for name, body in bodies.items()}) as site:
        text = table(f"http://127.0.0.1:{site.port}", bodies, "mine", "pt→en")
        config = configuration(tmp_path, text, download=True)
        models.fetch_listed(config, lambda *_: None)
    translator = FirefoxTranslator(config)
    (hop,) = [h for h in translator.hops() if (h.source, h.target) == ("pt", "en")]
    assert hop.model == f"user-pt-en@{pt.mark}"
    (made,) = translator.translate(hop, ["O governo anunciou novas medidas na segunda-feira."])
    assert "government announced new measures" in made.lower()
