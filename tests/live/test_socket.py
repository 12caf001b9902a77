"""The socket: who may open it, what it forwards, and how a page never loses a word."""

import asyncio

import orjson
import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client

from studio.asgi import application
from studio.generations.cards import GenerationKind
from studio.generations.log import Step, write
from studio.generations.models import Attempt, EngineProcess
from studio.generations.states import State
from studio.live import consumers
from studio.live.kinds import Change, Message
from studio.live.origin import is_ours
from studio.live.rows import read
from studio.live.viewer import QUEUE_CHANGES, Viewer
from studio.workspaces.actions import remove_member
from studio.workspaces.models import Membership
from tests.generations.conftest import ask  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "testserver"


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://localhost:8000", "localhost:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://localhost:80", "localhost", True),
        ("http://localhost:8001", "localhost:8000", False),
        ("http://evil.example", "127.0.0.1:8000", False),
        ("http://127.0.0.1.evil.example:8000", "127.0.0.1:8000", False),
        ("http://evil.example:8000", "evil.example:8000", False),
        ("null", "127.0.0.1:8000", False),
        ("", "127.0.0.1:8000", False),
        ("file://", "127.0.0.1:8000", False),
        ("http://localhost:99999", "localhost:8000", False),
    ],
)
def test_only_our_own_pages_may_open_a_socket(origin, host, ours, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    assert is_ours(origin, host) is ours


def socket_of(user=None, origin=f"http://{HOST}"):
    headers = [(b"host", HOST.encode()), (b"origin", origin.encode())]
    if user is not None:
        client = Client()
        client.force_login(user)
        headers.append((b"cookie", f"studio_session={client.cookies['studio_session'].value}".encode()))
    return WebsocketCommunicator(application, "/live/", headers=headers)


@pytest.fixture
def cookie(world):
    """Sockets of people, made where the ORM may be used."""

    async def make(user=None, **how):
        return await read(lambda: socket_of(user, **how))

    return make


async def watch(socket, subject="desk", **more):
    await socket.send_to(text_data=orjson.dumps({"watch": "generation", "subject": subject} | more).decode())


async def heard(socket, timeout=3):
    return orjson.loads(await socket.receive_from(timeout))


async def test_a_foreign_page_is_refused_at_the_handshake(world, cookie):
    socket = await cookie(world.ana, origin="http://evil.example")
    connected, _ = await socket.connect()
    assert not connected


async def test_who_is_signed_out_is_told_so_and_not_to_come_back(cookie):
    socket = await cookie()
    await socket.connect()
    assert await socket.receive_output() == {"type": "websocket.close", "code": consumers.SIGNED_OUT}


@pytest.mark.parametrize(
    "text", ["{", "[]", '"x"', '{"watch": "generation"}', '{"watch": "nothing", "subject": "desk"}', '{"watch":"generation","subject":"desk","positions":{"a":"b"}}', "x" * 70_000],
)  # fmt: skip
async def test_a_message_nobody_can_read_ends_the_socket(world, cookie, text):
    socket = await cookie(world.ana)
    await socket.connect()
    await socket.send_to(text_data=text)
    assert (await socket.receive_output(3))["code"] == consumers.UNREADABLE


async def test_a_strangers_subject_is_gone_and_says_nothing(world, cookie, ask):  # noqa: F811
    [generation] = await read(lambda: ask("secret"))
    socket = await cookie(world.eve)
    await socket.connect()
    await watch(socket, str(generation.pk))
    assert await heard(socket) == {"gone": str(generation.pk)}
    await watch(socket, "desk")
    assert await socket.receive_nothing(0.5)
    await socket.disconnect()


async def test_a_new_card_reaches_everybody_of_the_team_and_nobody_else(world, cookie, ask):  # noqa: F811
    ben, eve = await cookie(world.ben), await cookie(world.eve)
    for socket in (ben, eve):
        await socket.connect()
        await watch(socket)
    await asyncio.sleep(0.3)
    [generation] = await read(lambda: ask("A fox for all"))
    message = await heard(ben)
    assert message["key"] == str(generation.pk)
    assert "A fox for all" in message["content"]
    assert await eve.receive_nothing(0.5)
    await ben.disconnect()
    await eve.disconnect()


async def test_who_is_removed_loses_the_socket(world, cookie, monkeypatch):
    monkeypatch.setattr(consumers, "LOOK_AGAIN_SECONDS", 0.2)
    socket = await cookie(world.ben)
    await socket.connect()
    await watch(socket)
    await read(lambda: remove_member(Membership.objects.get(user=world.ben)))
    while (output := await socket.receive_output(5))["type"] != "websocket.close":
        pass
    assert output["code"] == consumers.NO_LONGER_A_MEMBER


# -- never a gap, never a double


def running(ask):  # noqa: F811
    from django.utils import timezone

    [generation] = ask()
    owner = EngineProcess.objects.create(kind="run", host="h", pid=1, seen_at=timezone.now())
    write([Step(generation.pk, {"state": "sending"}, move=State.SENDING, fields={"attempt_number": 1})])
    Attempt.objects.create(generation=generation, number=1, owner=owner)
    write([Step(generation.pk, {"state": "rendering"}, move=State.RENDERING, attempt=1, owner=owner.pk)])
    return generation, owner.pk


def say(generation, owner, text):
    body = {"text": text, "percent": 5, "phase": "rendering"}
    write([Step(generation.pk, body, kind="frames", raw=text, attempt=1, owner=owner)])


class Page:
    """What a browser would show: snapshots replace, deltas append."""

    def __init__(self):
        self.seq, self.text, self.messages = 0, "", 0

    async def show(self, key: str, seq: int, message: Message) -> None:
        import html
        import re

        self.messages += 1
        if found := re.search(r'id="transcript-[^"]*"[^>]*>(.*?)</pre>', message.content, re.DOTALL):
            self.text = html.unescape(found[1])
        elif found := re.search(r'beforeend:#transcript-[^"]*">(.*?)</span>', message.content, re.DOTALL):
            self.text += html.unescape(found[1])
        assert seq > self.seq, "backwards"
        self.seq = seq


@pytest.mark.parametrize("lost", [[], [3], [0, 1, 2], [9], list(range(10))])
async def test_lost_and_doubled_bells_change_nothing(world, ask, lost):  # noqa: F811
    generation, owner = await read(lambda: running(ask))
    page = Page()
    viewer = Viewer(world.ana, GenerationKind(), "desk", str(world.workspace.pk), {}, "en", page.show)
    pump = asyncio.create_task(viewer.pump())
    await asyncio.sleep(0.3)
    plain = viewer.offer
    changes = []
    viewer.offer = changes.append
    for n in range(10):
        await read(lambda n=n: say(generation, owner, f"[{n}]"))
        await asyncio.sleep(0.02)
        while changes:
            change = changes.pop(0)
            if n not in lost:
                plain(change)
                plain(change)
    viewer.look_again()
    await asyncio.sleep(0.5)
    pump.cancel()
    assert page.text == "".join(f"[{n}]" for n in range(10))


async def test_a_reader_too_slow_gets_one_catch_up_in_place_of_a_backlog(world, ask):  # noqa: F811
    generation, owner = await read(lambda: running(ask))
    page = Page()
    viewer = Viewer(world.ana, GenerationKind(), "desk", str(world.workspace.pk), {}, "en", page.show)
    for n in range(3 * QUEUE_CHANGES):
        viewer.offer(Change(str(world.workspace.pk), str(generation.pk), n, n, [{"text": "x"}]))
        assert len(viewer.waiting) <= QUEUE_CHANGES
    await read(lambda: [say(generation, owner, f"[{n}]") for n in range(20)])
    pump = asyncio.create_task(viewer.pump())
    await asyncio.sleep(0.5)
    pump.cancel()
    assert page.text == "".join(f"[{n}]" for n in range(20))
    assert page.messages <= 3


async def test_a_snapshot_is_what_the_deltas_add_up_to(world, ask):  # noqa: F811
    generation, owner = await read(lambda: running(ask))
    await read(lambda: [say(generation, owner, f"<{n}>&\n") for n in range(8)])
    follower, late = Page(), Page()
    kind = GenerationKind()
    for page, positions in ((follower, {str(generation.pk): 3}), (late, {})):
        changes = await read(lambda p=positions: [(c, kind.render(c, "en")) for c in kind.missed(world.ana, "desk", p)])
        for change, message in changes:
            await page.show(change.key, change.last, message)
    assert follower.text == late.text == "".join(f"<{n}>&\n" for n in range(8))
    assert follower.seq == late.seq
