"""Questions (口径答疑): a unit asks about an item, the city answers to all units alike."""

from portal.questions.views import bp

__all__ = ["bp"]
