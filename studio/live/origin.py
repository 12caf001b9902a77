"""Who may open a socket: only pages of this very studio.

Cookies travel with a handshake from any page, so the Origin header is the only wall. Channels' validator compares host
names alone; here scheme, host and port must be those the page was loaded from, or the public address.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

log = logging.getLogger(__name__)


class SameOriginOnly:
    def __init__(self, application: Any):
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not is_ours(headers.get(b"origin", ""), headers.get(b"host", "")):
            log.warning("socket refused: origin %r is not this studio", headers.get(b"origin", "")[:200])
            await receive()
            return await send({"type": "websocket.close", "code": 4403})  # before accept: a plain HTTP 403
        return await self.application(scope, receive, send)


def is_ours(origin: str, host: str) -> bool:
    if settings.PUBLIC_URL and origin == settings.PUBLIC_URL:
        return True
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        return False
    domain, own_port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    default = {"http": 80, "https": 443}[parts.scheme]
    return parts.hostname == domain.strip("[]") and (port or default) == int(own_port or default)
