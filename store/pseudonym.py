"""Pseudonyms: the same person always gets the same code, and only the vault's key can tell."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from contracts import failure
from store import ledger
from store.durable import create_file
from store.home import Home

#: Kind of id to the letter that its pseudonyms begin with.
KINDS = {"patient": "P", "sample": "S"}
KEY_EVENT = "key_created"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: it is read aloud
_KEY_BYTES = 32
_LENGTH = 10  # 50 bits: among 10,000 ids a clash has a chance of 1 in 20 million


def code(home: Home, kind: str, study_id: str, real_id: str) -> str:
    """Return the pseudonym of an id, such as `P-7F3K2M9Q4T`.

    HMAC-SHA256 with the vault's key over kind, study and id (RFC 2104), first 50 bits, written
    in Crockford's base 32.

    Raises
    ------
    CytomartError
        The kind is unknown, or the key of this home is gone.
    """
    if kind not in KINDS:
        raise failure(f"no pseudonyms for {kind!r}", allowed=", ".join(KINDS), exit_code=4)
    text = "\x1f".join((kind, study_id, real_id))
    digest = hmac.digest(_key(home), text.encode(), "sha256")
    number = int.from_bytes(digest[:8], "big") >> (64 - 5 * _LENGTH)
    letters = [_ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(_LENGTH))]
    return f"{KINDS[kind]}-{''.join(letters)}"


def digest(home: Home, study_id: str, text: str) -> str:
    """Return a keyed hash of a text (64 bits, hex): equal texts show, the text does not."""
    data = "\x1f".join(("row", study_id, text)).encode()
    return hmac.digest(_key(home), data, "sha256").hex()[:16]


def fingerprint(key: bytes) -> str:
    """Return what the ledger says of a key: enough to recognise it, nothing to compute with."""
    return hashlib.sha256(b"cytomart key fingerprint" + key).hexdigest()[:16]


def settle(home: Home) -> None:
    """Record the key in the ledger where a death kept it from being recorded."""
    if home.key_path.exists() and not _is_recorded(home):
        _record(home, _key(home))


def _key(home: Home) -> bytes:
    try:
        key = bytes.fromhex(home.key_path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return _new_key(home)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise failure(
            "the key of the pseudonyms is damaged",
            where=str(home.key_path),
            remedy="restore vault/key from a backup",
            exit_code=4,
        )
    return key


def _new_key(home: Home) -> bytes:
    if _is_recorded(home):
        raise failure(
            "the key of the pseudonyms is gone; a new one would give everyone another code",
            where=str(home.key_path),
            remedy="restore vault/key from a backup",
            exit_code=4,
        )
    home.ensure()
    key = secrets.token_bytes(_KEY_BYTES)
    create_file(home.key_path, key.hex().encode())
    _record(home, key)
    return key


def _record(home: Home, key: bytes) -> None:
    ledger.append(home, KEY_EVENT, None, {"key_fingerprint": fingerprint(key)})


def _is_recorded(home: Home) -> bool:
    return any(e.event == KEY_EVENT for e in ledger.entries(home))
