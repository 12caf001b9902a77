from django.contrib import admin

from studio.prompts.models import Prompt, PromptVersion


@admin.register(Prompt)
class PromptAdmin(admin.ModelAdmin):
    list_display = ("title", "workspace", "author", "created_at")


@admin.register(PromptVersion)
class PromptVersionAdmin(admin.ModelAdmin):
    """Immutable: what was sent stays what was sent."""

    list_display = ("prompt", "number", "author", "created_at")

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
