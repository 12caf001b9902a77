"""Where and how to ask, and the one guarded way to get a link: the key and the private network only for its own origin."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import httpx

from studio.upstream.addresses import origin_of
from studio.upstream.guard import local_origins

CONNECT_SECONDS = 15.0
READ_SECONDS = 60.0  # of silence while a file or a page comes
USER_AGENT = "Studio"


@dataclass(frozen=True, slots=True)
class Gateway:
    """``local``: its own origin may be a private address (an owner ticked it)."""

    base_url: str
    key: str = field(default="", repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    local: bool = False
    frame_timeout_s: float = 180.0
    total_timeout_s: float = 45 * 60.0

    def at(self, base_url: str) -> "Gateway":
        return replace(self, base_url=base_url)

    def owns(self, url: str) -> bool:
        """Whether ``url`` has exactly its scheme, host and port. Raises ValueError for what is no address."""
        return origin_of(url) == origin_of(self.base_url)


class TooMuch(Exception):
    """More bytes than anybody needs."""


@contextmanager
def allowed(gateway: Gateway, url: str) -> Iterator[None]:
    """While it lasts, connections of this task may go to the gateway's own origin though it is private."""
    _, host, port = origin_of(url)
    token = local_origins.set(frozenset({(host, port)}) if gateway.local and gateway.owns(url) else frozenset())
    try:
        yield
    finally:
        with suppress(ValueError):  # a generator closed from another context
            local_origins.reset(token)


async def get(
    http: httpx.AsyncClient, gateway: Gateway, url: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    """One guarded GET, redirects not followed; the body is still to be read. Raises httpx.HTTPError, httpx.InvalidURL,
    ValueError for an address that is none."""
    sent = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
    if gateway.key and gateway.owns(url):
        sent["Authorization"] = f"Bearer {gateway.key}"
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=None)
    with allowed(gateway, url):
        return await http.send(http.build_request("GET", url, headers=sent, timeout=timeout), stream=True)


async def read_up_to(response: httpx.Response, limit: int) -> bytes:
    """The whole body. Raises TooMuch beyond ``limit`` bytes."""
    body = bytearray()
    async for data in response.aiter_bytes():
        body += data
        if len(body) > limit:
            raise TooMuch
    return bytes(body)


def caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether an error of ``kind`` is somewhere below: httpx wraps what its network layer raised."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
