"""What people paste: an address in any of the usual spellings, a key with or without ``Bearer``."""

import re
from urllib.parse import urlsplit, urlunsplit

ADDRESS_MAX_CHARS = 500
KEY_MAX_CHARS = 4000
ENDINGS = re.compile(r"/(chat/completions|chat|completions|models|videos|images/generations)/?$", re.IGNORECASE)


class BadAddress(ValueError):
    """``code``: empty, too_long, scheme, user, host, port or characters."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class BadKey(ValueError):
    """``code``: too_long or characters."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def base_url_from(text: str) -> str:
    """The base URL that ``/chat/completions`` is put behind; a query such as ``?watermark=true`` stays.

    ``api.example.com``, ``https://api.example.com/``, ``…/v1`` and ``…/v1/chat/completions`` are the same place. A path
    of the gateway's own (``/sora/v1``, ``/api/v3``) is kept.
    """
    address = text.strip().strip("'\"<>").strip()
    if not address:
        raise BadAddress("empty", "An address is needed.")
    if len(address) > ADDRESS_MAX_CHARS:
        raise BadAddress("too_long", f"The address is longer than {ADDRESS_MAX_CHARS} characters.")
    if re.search(r"[\s\x00-\x1f\x7f\\]", address):
        raise BadAddress("characters", "The address holds a space or an invisible character.")
    if "://" not in address:
        if re.match(r"^[a-z][a-z0-9+.-]*:(?!\d)", address, re.IGNORECASE):
            raise BadAddress("scheme", "The address has to begin with http:// or https://.")
        host = address.split("/", 1)[0].rsplit(":", 1)[0].strip("[]").lower()
        local = host == "localhost" or host.startswith("127.") or host == "::1"
        address = f"{'http' if local else 'https'}://{address}"
    try:
        parts = urlsplit(address)
    except ValueError as error:  # a broken IPv6 number, or full-width signs in the host
        raise BadAddress("host", "The host name cannot be read.") from error
    try:
        port = parts.port
    except ValueError as error:
        raise BadAddress("port", "The address has a port that is no port.") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise BadAddress("scheme", "The address has to begin with http:// or https://.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("user", "The address must not hold a user name or password; the key has a field of its own.")
    if not parts.hostname or ".." in parts.hostname or parts.hostname.startswith("."):
        raise BadAddress("host", "The address has no host name.")
    try:
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    except UnicodeError as error:
        raise BadAddress("host", "The host name cannot be read.") from error
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    netloc = host if port in (None, default) else f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, _path(parts.path), parts.query, ""))


def _path(path: str) -> str:
    path = path.rstrip("/")
    while ENDINGS.search(path):
        path = ENDINGS.sub("", path).rstrip("/")
    if not path:
        return "/v1"
    if re.search(r"/(v\d+\w*|openai|compatible-mode)(/|$)", path, re.IGNORECASE):
        return path
    return f"{path}/v1"


def endpoint(base_url: str, path: str) -> str:
    """``path`` below the base URL, its query kept: ``https://h/v1?watermark=true`` + ``chat/completions``."""
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{path}", parts.query, ""))


def key_from(text: str) -> str:
    key = text.strip().strip("'\"").strip()
    key = re.sub(r"^(authorization\s*:\s*)?bearer\s+", "", key, flags=re.IGNORECASE).strip()
    if len(key) > KEY_MAX_CHARS:
        raise BadKey("too_long", f"The key is longer than {KEY_MAX_CHARS} characters.")
    if not key.isascii() or re.search(r"[\s\x00-\x1f\x7f]", key):
        raise BadKey("characters", "The key holds a space, a line break or a character no key has.")
    return key


def origin_of(url: str) -> tuple[str, str, int]:
    """(scheme, host, port), the only thing two links must share to be the same place."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(scheme, 0)
