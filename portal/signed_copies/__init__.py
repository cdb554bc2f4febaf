"""Signed copies (盖章件): a unit uploads the scan of its stamped print, the desk compares it."""

from portal.signed_copies.views import bp

__all__ = ["bp"]
