"""No way into private networks: the address that is checked is the address that is dialled.

Checking a name first and connecting later loses to redirects, rebinding and odd spellings. Here the name is resolved
once, every answer is judged, and the socket is opened to a judged number. Wrapped IPv4 (mapped, 6to4, NAT64) is judged
by what is inside.
"""

import asyncio
import socket
from collections.abc import Iterable
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")  # all that is routed on the public net; the rest is local, reserved or a wrapping
ADDRESSES_MAX = 8  # of one name that are tried

# (host, port) that may be private during this task's request: of the provider's own origin, ticked by an owner.
local_origins: ContextVar[frozenset[tuple[str, int]]] = ContextVar("local_origins", default=frozenset())


class PrivateAddress(httpcore.ConnectError):
    """The host is (or also is) an address inside somebody's network."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address not in UNICAST:
            return False
    return address.is_global and not address.is_multicast


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, judges, dials the judged number; TLS still checks the name."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        allowed = (host.lower().strip("[]"), port) in local_origins.get()
        numbers = await _resolve(host, port, timeout)
        if not allowed and not all(is_public(number) for number in numbers):
            raise PrivateAddress(f"{host} is an address in a private network")
        problem: Exception | None = None
        for number in numbers[:ADDRESSES_MAX]:
            try:
                return await self._backend.connect_tcp(str(number), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise PrivateAddress("a socket on this machine")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


async def _resolve(host: str, port: int, timeout: float | None) -> list[IPv4Address | IPv6Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), timeout)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"looking up {host} took too long") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} could not be found") from error
    return list(dict.fromkeys(ip_address(str(entry[4][0]).split("%")[0]) for entry in found))
