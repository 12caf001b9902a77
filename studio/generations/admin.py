from django.contrib import admin
from django.http import HttpRequest

from studio.generations.models import Attempt, EngineProcess, Event, Generation


class ReadOnly(admin.ModelAdmin):
    """The engine's rows are moved by its own rules alone: a change by hand would break the log."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Generation)
class GenerationAdmin(ReadOnly):
    list_display = ("id", "state", "author", "provider_name", "model_name", "created_at", "money")
    list_filter = ("state", "provider_name", "model_name")
    date_hierarchy = "created_at"


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ("generation_id", "number", "status", "outcome", "started_at", "ended_at")


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("generation_id", "seq", "kind", "at")


@admin.register(EngineProcess)
class EngineProcessAdmin(ReadOnly):
    list_display = ("kind", "host", "pid", "started_at", "seen_at")
