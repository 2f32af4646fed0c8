"""SIGTERM: nothing that was accepted is lost."""

import asyncio
import json
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.process import PATIENCE, Server, eventually, free_port, running

BODY = json.dumps({"query": "{ networks { id } }"}).encode()
HEAD = (
    "POST /graphql HTTP/1.1\r\nHost: parkgraph\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode()


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    with running(tmp_path / "data", "serve", environ={"PARKGRAPH_DATABASE_URL": database_url}) as server:
        yield server


def connected(server: Server) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=PATIENCE)
    connection.settimeout(PATIENCE)
    return connection


def everything(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection; then so do we."""
    received = b""
    with connection:
        while piece := connection.recv(65_536):
            received += piece
    return received


def is_answered(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 200 ") and b"connection: close" in head.lower() and b'"data"' in body


def signalled(server: Server) -> None:
    """The signal has been sent, and the server has begun to drain."""
    server.process.send_signal(signal.SIGTERM)
    eventually(lambda: not accepts(server))


def accepts(server: Server) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=0.05):
            return True
    except OSError:
        return False


def test_requests_in_flight_are_answered_and_their_connections_closed(server: Server) -> None:
    in_flight = [connected(server) for _ in range(20)]
    for connection in in_flight:
        connection.sendall(HEAD + BODY[:5])
    server.ask("{ networks { id } }")  # by now the server has read what was sent before
    signalled(server)
    for connection in in_flight:
        connection.sendall(BODY[5:])
    assert all(is_answered(everything(connection)) for connection in in_flight)
    assert server.process.wait(PATIENCE) == 0


def test_what_the_system_had_accepted_before_the_signal_is_answered(server: Server) -> None:
    server.process.send_signal(signal.SIGSTOP)
    waiting = [connected(server) for _ in range(50)]
    for connection in waiting:
        connection.sendall(HEAD + BODY)
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGCONT)
    assert all(is_answered(everything(connection)) for connection in waiting)
    assert server.process.wait(PATIENCE) == 0


def test_an_idle_connection_is_closed_and_does_not_hold_up_the_end(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client, connected(server) as silent:
        assert client.get("/healthz").headers.get("connection") is None
        server.process.send_signal(signal.SIGTERM)
        assert everything(silent) == b""
        assert server.process.wait(PATIENCE) == 0


def test_readiness_ends_with_the_signal(server: Server) -> None:
    """Asked over a connection that was there before, in the moment between the signal and the end."""
    with connected(server) as holding, connected(server) as probing:
        holding.sendall(HEAD + BODY[:5])
        server.process.send_signal(signal.SIGSTOP)
        server.process.send_signal(signal.SIGTERM)
        probing.sendall(b"GET /readyz HTTP/1.1\r\nHost: parkgraph\r\n\r\n")
        server.process.send_signal(signal.SIGCONT)
        answer = everything(probing)
        holding.sendall(BODY[5:])
        assert is_answered(everything(holding))
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"draining"' in answer


def test_no_accepted_request_is_lost_while_the_server_is_replaced_under_load(tmp_path: Path, database_url: str) -> None:
    port, environ = free_port(), {"PARKGRAPH_DATABASE_URL": database_url}
    answered: list[bytes] = []
    enough = threading.Event()

    async def ask() -> None:
        """One connection after the other. One that is refused was not accepted; whatever is, is answered."""
        while not enough.is_set():
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
                continue
            writer.write(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + BODY)
            try:
                answered.append(await reader.read())
            except ConnectionResetError as lost:
                answered.append(repr(lost).encode())
            writer.close()

    async def load() -> None:
        await asyncio.gather(*(ask() for _ in range(16)))

    clients = threading.Thread(target=lambda: asyncio.run(load()))
    try:
        for turn in range(2):
            with running(tmp_path / "data", "serve", port=port, environ=environ) as server:
                if turn == 0:
                    clients.start()
                before = len(answered)
                eventually(lambda before=before: len(answered) > before + 100)  # type: ignore[misc]
                server.stop(signal.SIGTERM)
                assert server.process.returncode == 0
    finally:
        enough.set()
        clients.join(PATIENCE)
    assert len(answered) > 200
    assert [answer for answer in answered if not is_answered(answer)] == []
