"""The connection: what becomes of a call that gets no good answer, and of a configuration that cannot be used."""

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from bot.clients.kubernetes import Kubernetes, Limits
from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.call import DEPLOYMENTS, SCALES, Call
from bot.clients.kubernetes.connection import Connection
from bot.domain.errors import Away, Refusal, Unknown
from tests.clients.kubernetes.servers import Habit, Server, answers, dripping, kubeconfig, rude, serving, silent

READ = Call("get", DEPLOYMENTS, "aureus", "bridge")
WRITE = Call("patch", SCALES, "aureus", "bridge", body={"spec": {"replicas": 5}})
DRY = Call("patch", SCALES, "aureus", "bridge", body={"spec": {"replicas": 5}}, dry=True)
QUICK = Limits(connect=0.5, read=0.3, verb=2.0)


def send(path: Path | str, call: Call, limits: Limits = QUICK, within: float | None = None) -> object:
    async def once() -> object:
        connection = Connection(str(path), limits)
        await connection.open()
        try:
            return await connection.send(call, time.monotonic() + (limits.verb if within is None else within))
        finally:
            connection.close()

    return asyncio.run(once())


def at(server: Server, folder: Path) -> Path:
    return kubeconfig(folder / "kubeconfig", f"http://127.0.0.1:{server.port}")


@pytest.mark.parametrize("habit", [silent, rude, answers(b"<html>")])
@pytest.mark.parametrize(("call", "kind"), [(READ, Away), (WRITE, Unknown), (DRY, Away)])
def test_a_write_without_an_answer_is_unknown_and_a_read_is_away(
    habit: Habit, call: Call, kind: type, tmp_path: Path
) -> None:
    with serving(habit) as server:
        with pytest.raises(Away) as told:
            send(at(server, tmp_path), call)
        assert type(told.value) is kind
        assert len(server.asked) == 1, "it was sent again, although only the engine may do that"
        assert ("Nothing was changed." in told.value.because) is (kind is Away)
        assert "Deployment aureus/bridge" in told.value.because


def test_an_answer_that_drips_is_not_waited_for_beyond_the_limit_of_the_verb(tmp_path: Path) -> None:
    with serving(dripping) as server:
        began = time.monotonic()
        with pytest.raises(Unknown, match="gave no answer in time"):
            send(at(server, tmp_path), WRITE, within=0.5)
        assert time.monotonic() - began < 2


def test_a_call_for_which_no_time_is_left_is_not_begun(tmp_path: Path) -> None:
    with serving(answers(b"{}")) as server:
        with pytest.raises(Away, match=r"it was not begun\. Nothing was changed") as told:
            send(at(server, tmp_path), WRITE, within=0.01)
        assert type(told.value) is Away
        assert server.asked == []


def test_a_write_that_waits_for_a_thread_too_long_was_not_begun(tmp_path: Path) -> None:
    async def both(path: Path, server: Server) -> list[BaseException | object]:
        connection = Connection(str(path), Limits(connect=0.5, read=1.0, verb=2.0, threads=1))
        await connection.open()
        first = asyncio.create_task(connection.send(READ, time.monotonic() + 2))
        while not server.asked:  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.01)
        second = connection.send(WRITE, time.monotonic() + 0.2)
        return list(await asyncio.gather(second, first, return_exceptions=True))

    with serving(silent) as server:
        waited, _ = asyncio.run(both(at(server, tmp_path), server))
        assert type(waited) is Away
        assert "it was not begun" in str(waited)
        assert [line.split()[0] for line in server.asked] == ["GET"]


def test_a_server_that_is_not_there_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Away, match=r"cannot be reached to change .*refused.*Nothing was changed") as told:
        send(kubeconfig(tmp_path / "k", f"http://127.0.0.1:{port}"), WRITE)
    assert type(told.value) is Away


def test_a_name_that_is_not_known_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(Away, match="its name is not known"):
        send(kubeconfig(tmp_path / "k", "http://cluster.invalid"), READ)


def test_a_server_without_tls_is_refused_where_tls_is_wanted(tmp_path: Path) -> None:
    with serving(answers(b"no TLS here")) as server:
        path = kubeconfig(tmp_path / "k", f"https://127.0.0.1:{server.port}")
        with pytest.raises(Refusal, match=r"does not trust the connection to the cluster.*Nothing was changed"):
            send(path, READ)


@pytest.mark.skipif(not shutil.which("openssl"), reason="There is no openssl here to make a certificate with.")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    making = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1"
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run([*making.split(), *files], check=True, capture_output=True)  # noqa: S603 - a fixed command
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with serving(answers(b"{}"), tls) as server:
        with pytest.raises(Refusal, match="CERTIFICATE_VERIFY_FAILED") as told:
            send(kubeconfig(tmp_path / "k", f"https://127.0.0.1:{server.port}"), WRITE)
        assert server.asked == []
    assert "certificate-authority-data" in told.value.hint


def test_a_token_that_was_renewed_on_disk_is_read_after_a_401(tmp_path: Path) -> None:
    async def twice(path: Path, port: int) -> None:
        connection = Connection(str(path), QUICK)
        for token in ("old", "new"):
            kubeconfig(path, f"http://127.0.0.1:{port}", token=token)
            with pytest.raises(Refusal, match="credentials"):
                await connection.send(READ, time.monotonic() + 2)
        connection.close()

    with serving(answers(b"{}", "401 Unauthorized")) as server:
        asyncio.run(twice(tmp_path / "k", server.port))
        assert server.tokens == ["old", "new"]


def test_an_answer_is_its_json(tmp_path: Path) -> None:
    with serving(answers(b'{"kind": "Deployment"}')) as server:
        assert send(at(server, tmp_path), READ) == {"kind": "Deployment"}
        assert server.asked == ["GET /apis/apps/v1/namespaces/aureus/deployments/bridge HTTP/1.1"]
        assert server.tokens == ["t"]


def test_a_long_list_is_read_to_its_last_page(tmp_path: Path) -> None:
    pages = {b"continue=p2": {"items": [{"n": 2}]}, b"": {"items": [{"n": 1}], "metadata": {"continue": "p2"}}}

    def habit(connection: socket.socket, asked: bytes) -> None:
        answers(json.dumps(next(page for mark, page in pages.items() if mark in asked)).encode())(connection, asked)

    async def nodes(path: Path) -> list[dict[str, int]]:
        return await Api(Connection(str(path), QUICK)).nodes()

    with serving(habit) as server:
        assert asyncio.run(nodes(at(server, tmp_path))) == [{"n": 1}, {"n": 2}]
        assert "limit=500" in server.asked[0]


def opened(path: Path | str) -> Refusal:
    async def once() -> None:
        kubernetes = Kubernetes(str(path))
        try:
            await kubernetes.open()
        finally:
            kubernetes.close()

    with pytest.raises(Refusal) as told:
        asyncio.run(once())
    assert "Nothing was changed." in told.value.because
    assert told.value.hint
    return told.value


def test_a_kubeconfig_that_is_not_there_is_said_at_start(tmp_path: Path) -> None:
    assert opened(tmp_path / "none").because.startswith(f"There is no kubeconfig at {tmp_path / 'none'}")


@pytest.mark.parametrize(
    "text",
    ["", "{", "- a list", "just text", "apiVersion: v1\nkind: Config\n", "\x00\x01", "current-context: x\ncontexts: 7"],
)
def test_a_kubeconfig_that_is_broken_is_said_at_start(text: str, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    assert f"The kubeconfig {path} cannot be used: " in opened(path).because


def test_no_cluster_at_all_is_said_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    told = opened("")
    assert "No cluster is configured: KUBECONFIG is not set" in told.because
    assert "Set KUBECONFIG" in told.hint


def test_a_cluster_that_is_away_is_no_reason_not_to_start(tmp_path: Path) -> None:
    asyncio.run(Kubernetes(str(kubeconfig(tmp_path / "k", "http://127.0.0.1:1"))).open())
