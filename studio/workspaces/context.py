"""What every template may ask about the person."""

from typing import Any

from django.http import HttpRequest

from studio.workspaces.access import RIGHTS, Right, membership_of


def person(request: HttpRequest) -> dict[str, Any]:
    """``membership``, ``rights`` ({"generate": True, …}) and ``theme``; nothing is read for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"membership": None, "rights": {}, "theme": "auto"}
    membership = getattr(request, "membership", None) or membership_of(user)
    held = RIGHTS[membership.role] if membership else frozenset()
    return {"membership": membership, "rights": {str(right): right in held for right in Right}, "theme": user.theme}
