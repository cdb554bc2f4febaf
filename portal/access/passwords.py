"""Password hashes: argon2id at OWASP's cost, one at a time in each process (semaphore).

Parallel hashing would use both cores and block the saving of figures.
"""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.domain.passwords import canonical_password

NO_PASSWORD = ""
"""The stored hash of a user without a password, who signs in by a one-time link."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_one_at_a_time = threading.BoundedSemaphore(1)
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    with _one_at_a_time:
        return _hasher.hash(canonical_password(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password matches; without a hash it takes as long as for a wrong password."""
    with _one_at_a_time:
        try:
            right = _hasher.verify(password_hash or _nobody, canonical_password(password))
            return right and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """A password to tell by voice: no look-alike letters, in groups with hyphens."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
