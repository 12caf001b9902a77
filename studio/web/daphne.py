"""Daphne with back-pressure: a send waits while the transport is full.

Daphne hands everything to the transport at once; two slow readers of 300 MB took it to 657 MB, with this to 51. Twisted
tells a registered producer when the transport's buffer is over 64 KiB and when it is empty again; ``send`` waits between.
A websocket's pump waits the same way, and its queue in front is bounded.
"""

import asyncio
from typing import Any

from daphne.server import Server as DaphneServer
from daphne.server import reactor
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

CUT = b"studio-cut"  # of a response: break the connection where the body ends


@implementer(IPushProducer)
class Flow:
    """Open while the transport takes more."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()

    def pauseProducing(self) -> None:
        self.open.clear()

    def resumeProducing(self) -> None:
        self.open.set()

    def stopProducing(self) -> None:
        self.open.set()  # the reader left: nothing waits for it any more


class Server(DaphneServer):
    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        kind = message["type"]
        details = self.connections.get(protocol)
        if kind == "http.response.start" and details is not None:
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() != CUT]
            details["cut"] = len(kept) < len(message.get("headers", []))
            message = {**message, "headers": kept}
        last = kind == "http.response.body" and not message.get("more_body", False)
        if last and details is not None and details.get("flow"):
            details.pop("flow").stopProducing()
            if protocol.channel is not None:
                protocol.unregisterProducer()
            if details["cut"]:
                return self.cut(protocol, message.get("body", b""))
        await super().handle_reply(protocol, message)
        details = self.connections.get(protocol)
        if details is None or details.get("disconnected"):
            return
        if kind == "http.response.start" and protocol.channel is not None:
            details["flow"] = flow = Flow()
            protocol.registerProducer(flow, True)
        elif kind == "websocket.accept":
            details["flow"] = flow = Flow()
            protocol.transport.unregisterProducer()  # the HTTP channel's, of before the upgrade
            protocol.transport.registerProducer(flow, True)
        if flow := details.get("flow"):
            await flow.open.wait()

    def cut(self, protocol: Any, last: bytes) -> None:
        """Ends a response that is marked by the header as a broken connection would: the Demo gateway's honest fault."""
        if protocol.channel is not None:
            protocol.write(last)
            reactor.callLater(0.05, protocol.channel.forceAbortClient)

    def protocol_disconnected(self, protocol: Any) -> None:
        if flow := self.connections.get(protocol, {}).get("flow"):
            flow.stopProducing()
        super().protocol_disconnected(protocol)
