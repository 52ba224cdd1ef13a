"""Secrets: this installation's key, and what is kept of a token or a code instead of itself."""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upay.settings import settings


def new_token() -> str:
    """256 random bits, as text that fits a cookie."""
    return secrets.token_urlsafe(32)


def keep(purpose: str, text: str) -> str:
    """What the database holds in the place of a secret: hex HMAC-SHA256 under the installation's key.

    A six-digit code would be found in a plain hash by trying all; without the key it cannot.
    """
    return hmac.new(_key(settings().var / "secret.key"), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def seal(purpose: str, text: str) -> str:
    """A secret that must be read again, encrypted (AES-256-GCM) under a key made of the installation's. ASCII."""
    nonce = secrets.token_bytes(12)
    return base64.urlsafe_b64encode(nonce + _cipher(purpose).encrypt(nonce, text.encode(), purpose.encode())).decode()


def unseal(purpose: str, sealed: str) -> str:
    """What was sealed for this purpose. Raises InvalidTag when it was sealed for another, or was changed."""
    raw = base64.urlsafe_b64decode(sealed)
    return _cipher(purpose).decrypt(raw[:12], raw[12:], purpose.encode()).decode()


def _cipher(purpose: str) -> AESGCM:
    return AESGCM(bytes.fromhex(keep("seal", purpose)))


@lru_cache
def _key(path: Path) -> bytes:
    """The key, made at first use. Processes that start together agree: the first whole file to take the name wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(32))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # Another process was first; its key counts.
        finally:
            draft.unlink()
    return path.read_bytes()
