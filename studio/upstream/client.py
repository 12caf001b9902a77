"""The one HTTP client of a process. Everything that leaves goes through its guard, and nothing is kept between
requests: no cookie, no connection, no proxy from the environment."""

import asyncio
import ssl
from contextlib import aclosing
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx

from studio.upstream.exchange import Exchange
from studio.upstream.fetch import Fetched, Told, fetch
from studio.upstream.gateway import Gateway, TooMuch, get, read_up_to
from studio.upstream.guard import GuardedBackend
from studio.upstream.status import JobStatus, parse_status
from studio.upstream.trial import Verdict, trial

__all__ = ["Client", "Exchange", "Gateway"]

STATUS_MAX_BYTES = 1024 * 1024
STATUS_SECONDS = 20.0


class Client:
    """Made inside the running loop, closed with ``aclose``. Safe for any number of exchanges at once."""

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:
        transport = httpx.AsyncHTTPTransport(
            verify=verify,
            trust_env=False,
            # No kept-alive connections: one opened to a provider's own private origin must not serve another's link.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )
        transport._pool._network_backend = GuardedBackend()  # httpx has no door for it; a test holds this in place
        # One jar for all would hand the cookie of one workspace's account to the next that asks the same gateway.
        no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, cookies=no_cookies)

    async def aclose(self) -> None:
        await self.http.aclose()

    def exchange(self, gateway: Gateway, body: dict[str, Any]) -> Exchange:
        """One POST to the gateway's chat completions, not yet begun: iterate over it."""
        return Exchange(self.http, gateway, body)

    async def poll(self, gateway: Gateway, url: str) -> JobStatus:
        """Asks a status page once. Whatever is not an answer is state "unknown"."""
        try:
            async with asyncio.timeout(STATUS_SECONDS):
                response = await get(self.http, gateway, url)
                async with aclosing(response):
                    body = await read_up_to(response, STATUS_MAX_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, TooMuch, ValueError):
            return JobStatus()
        return parse_status(body, gateway.base_url) if response.status_code == 200 else JobStatus()

    async def fetch(
        self, url: str, into: Path, *, gateway: Gateway, max_bytes: int, told: Told | None = None
    ) -> Fetched:
        """The video behind a link, into a file: see ``fetch.fetch``."""
        return await fetch(self.http, url, into, gateway=gateway, max_bytes=max_bytes, told=told)

    async def test(self, gateway: Gateway, model: str = "") -> Verdict:
        """What is wrong with a gateway, found without starting a job: see ``trial.trial``."""
        return await trial(self.http, gateway, model)
