"""New videos, told to open galleries. No HTML goes out: the page shows a pill and moves nothing by itself."""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from studio.gallery.forms import FilterForm
from studio.gallery.queries import matching_items
from studio.live.kinds import Change, Message
from studio.workspaces.access import membership_of
from studio.workspaces.models import User

TOLD_AT_ONCE = 100  # a page that slept through more says "100 new"; opening it shows them all


class GalleryKind:
    """Subject: the filter as in the page's address, possibly empty. Positions: {id of the newest video shown: 1}."""

    def topic_for(self, user: User, subject: str) -> str | None:
        membership = membership_of(user)
        return str(membership.workspace_id) if membership else None

    def concerns(self, subject: str, change: Change) -> bool:
        return change.body is None  # a state moved; pieces of transcripts are of no interest here

    def missed(self, user: User, subject: str, positions: Mapping[str, int]) -> list[Change]:
        shown = {UUID(key) for key in positions if is_uuid(key)}
        items = matching_items(user, FilterForm(dict(parse_qsl(subject))).filters)
        if shown:  # an empty page has seen none
            items = items.filter(pk__gt=min(shown)).exclude(pk__in=shown)
        ids = list(items.order_by("id").values_list("pk", "workspace_id")[:TOLD_AT_ONCE])
        return [Change(str(workspace), str(pk), 0, 1, NEW) for pk, workspace in ids]

    def render(self, change: Change, language: str) -> Message:
        return Message("", event="item-ready")


NEW = "new"


def is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
