"""The HTTP client: exact bytes, connections kept and dropped, TLS."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from babelscope.collect.address import parse_address
from babelscope.collect.guard import AddressGuard
from babelscope.collect.http import HttpClient
from babelscope.collect.messages import Ask, Bounds
from babelscope.collect.reasons import Refused
from loopback import Request, Site, answer

BOUNDS = Bounds(wire=100_000, decoded=200_000, seconds=3)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Odd:   kept as it is \r\n\r\n"
    b"5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n"
)


def client(site: Site, tls: ssl.SSLContext | None = None) -> HttpClient:
    return HttpClient(AddressGuard(hosts=site.hosts("courier.test")), "Babelscope/0.1 (test)", tls)


async def test_the_bytes_are_kept_exactly() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    async with Site({"courier.test/a?b=c": interim + CHUNKED}) as site:
        http = client(site)
        response = await http.exchange(
            Ask(address=parse_address("http://courier.test/a?b=c#d"), bounds=BOUNDS, headers=(("Accept", "*/*"),))
        )
        await http.close()
    assert response.raw == CHUNKED and response.body == b"hello world"
    assert response.request == site.log[0].raw
    assert response.request.startswith(
        b"GET /a?b=c HTTP/1.1\r\nHost: courier.test\r\nUser-Agent: Babelscope/0.1 (test)\r\n"
    )
    assert b"cookie" not in response.request.lower() and response.header("x-odd") == "kept as it is"


async def test_connections_are_kept_and_a_dropped_one_is_opened_again() -> None:
    async def goodbye(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"bye"))  # and then the server hangs up without saying so

    cookie = answer(b"one", set_cookie="id=1")
    answers = {"courier.test/1": cookie, "courier.test/2": goodbye, "courier.test/3": answer(b"three")}
    async with Site(answers) as site:
        http = client(site)
        bodies = []
        for path in ("1", "2", "3"):
            bodies.append(
                (await http.exchange(Ask(address=parse_address(f"http://courier.test/{path}"), bounds=BOUNDS))).body
            )
            await asyncio.sleep(0.05)
        await http.close()
        await asyncio.sleep(0.05)
        assert site.connections == site.closed == 2
    assert bodies == [b"one", b"bye", b"three"]
    assert not any("cookie" in request.headers for request in site.log)


async def test_answer_until_the_connection_closes() -> None:
    async with Site({"courier.test/": b"HTTP/1.0 200 OK\r\n\r\nold style"}) as site:
        http = client(site)
        assert (
            await http.exchange(Ask(address=parse_address("http://courier.test/"), bounds=BOUNDS))
        ).body == b"old style"


async def test_nobody_listens() -> None:
    async with Site({}) as site:
        http = client(site)
    with pytest.raises(Refused) as refused:
        await http.exchange(Ask(address=parse_address("http://courier.test/"), bounds=BOUNDS))
    assert refused.value.reason == "connection"


async def test_the_head_can_end_it_before_the_body_comes() -> None:
    def check(status: int, headers: object) -> None:
        raise Refused("media-type", "video/mp4")

    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n")
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()

    async with Site({"courier.test/": endless}) as site:
        with pytest.raises(Refused) as refused:
            await client(site).exchange(Ask(address=parse_address("http://courier.test/"), bounds=BOUNDS, check=check))
    assert refused.value.reason == "media-type"


async def test_with_truncate_the_beginning_is_kept() -> None:
    bounds = Bounds(wire=1000, decoded=1000, seconds=3, truncate=True)

    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()

    async with Site({"courier.test/": endless}) as site:
        response = await client(site).exchange(Ask(address=parse_address("http://courier.test/"), bounds=bounds))
    assert response.body == b"x" * 1000 and len(response.raw) < 200_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=courier.test"]
    extra = ["-addext", "subjectAltName=DNS:courier.test", "-keyout", str(path) + ".key", "-out", str(path)]
    subprocess.run([*request, *extra], check=True, capture_output=True)
    return path


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, str(certificate) + ".key")
    return context


async def test_tls_with_a_trusted_certificate(certificate: Path) -> None:
    async with Site({"courier.test/": answer(b"safe")}, ssl=server_tls(certificate)) as site:
        http = client(site, ssl.create_default_context(cafile=str(certificate)))
        assert (await http.exchange(Ask(address=parse_address("https://courier.test/"), bounds=BOUNDS))).body == b"safe"
        await http.close()


async def test_invalid_tls_is_refused(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with Site({}, ssl=server_tls(certificate)) as site:
        with pytest.raises(Refused) as untrusted:
            await client(site).exchange(Ask(address=parse_address("https://courier.test/"), bounds=BOUNDS))
        other = HttpClient(AddressGuard(hosts=site.hosts("herald.test")), "Test/1", trusting)
        with pytest.raises(Refused) as misnamed:
            await other.exchange(Ask(address=parse_address("https://herald.test/"), bounds=BOUNDS))
        assert site.log == []
    async with Site({}) as plain:
        with pytest.raises(Refused) as no_tls:
            await client(plain).exchange(Ask(address=parse_address("https://courier.test/"), bounds=BOUNDS))
    assert {untrusted.value.reason, misnamed.value.reason} == {"tls"}
    assert "self-signed" in untrusted.value.detail and "herald.test" in misnamed.value.detail
    assert no_tls.value.reason in ("tls", "connection", "too-slow")
