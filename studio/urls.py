"""The doors. Each room brings its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("studio.desk.urls")),
    path("", include("studio.workspaces.urls")),
    path("generations/", include("studio.generations.urls")),
    path("gallery/", include("studio.gallery.urls")),
    path("settings/providers/", include("studio.providers.urls")),
    path("demo/", include("studio.demo.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "studio.workspaces.views.bad_request"
handler403 = "studio.workspaces.views.forbidden"
handler404 = "studio.workspaces.views.not_found"
