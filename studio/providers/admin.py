from typing import Any

from django.contrib import admin

from studio.providers.models import Provider, VideoModel


class VideoModelInline(admin.TabularInline):
    model = VideoModel
    extra = 0


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    """The key is neither shown nor entered here: Settings → Providers seals it."""

    list_display = ["name", "workspace", "base_url", "key", "enabled", "is_demo", "is_one_off"]
    list_filter = ["workspace", "enabled"]
    list_select_related = ["workspace"]
    search_fields = ["name", "base_url"]
    fields = [
        "workspace", "name", "base_url", "key", "on_my_network", "enabled", "ratio", "length", "seed_field", "remix",
        "extra_headers", "failures_billed", "concurrency", "last_verdict", "last_tested_at",
    ]  # fmt: skip
    readonly_fields = ["key", "last_verdict", "last_tested_at"]
    inlines = [VideoModelInline]

    @admin.display(description="key")
    def key(self, provider: Provider) -> str:
        return "set" if provider.sealed_key else "not set"

    def has_add_permission(self, request: Any) -> bool:
        return False
