"""A city whose notices are delivered, and its mail server."""

from tests.support.post import city, post

__all__ = ("city", "post")
