"""Sealing of gateway keys: Fernet (AES-128-CBC + HMAC), keyed from the data folder's ``seal_key``."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class SealBroken(Exception):
    """The key was sealed under another ``seal_key``: it has to be entered again."""


def seal(secret: str) -> bytes:
    return _fernet().encrypt(secret.encode()) if secret else b""


def unseal(sealed: bytes | memoryview) -> str:
    if not sealed:
        return ""
    try:
        return _fernet().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.SEAL_KEY.encode()).digest()))
