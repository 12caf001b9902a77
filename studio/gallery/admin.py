from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from studio.gallery.models import GalleryItem


@admin.register(GalleryItem)
class GalleryItemAdmin(admin.ModelAdmin):
    """To look, not to touch: an item is made by a generation and hidden in the gallery, where it can be undone."""

    list_display = [
        "id",
        "workspace",
        "title",
        "width",
        "height",
        "duration_s",
        "size_bytes",
        "created_at",
        "deleted_at",
    ]
    list_filter = ["workspace", "deleted_at"]
    search_fields = ["id", "sha256", "generation__version__prompt__title"]
    exclude = ["original", "playable", "poster", "preview", "sprite"]  # no links past the door that checks rights
    list_select_related = ["workspace", "generation__version__prompt"]

    @admin.display(description="prompt")
    def title(self, item: GalleryItem) -> str:
        return str(item)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
