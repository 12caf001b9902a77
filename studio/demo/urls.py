from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from studio.demo import views

app_name = "demo"

urlpatterns = [
    path("v1/chat/completions", views.chat, name="chat"),
    path("v1/models", views.models, name="models"),
    path("v1/models/<str:name>", views.model, name="model"),
    path("openapi.json", views.openapi, name="openapi"),
    path("source/<slug:task_id>", views.source, name="source"),
    path("web/<slug:task_id>", views.web, name="web"),
    re_path(r"^files/(?P<name>[a-z0-9-]{1,80})\.(?P<ending>mp4|webp)$", views.file, name="file"),
    re_path(r"", csrf_exempt(views.nothing_here)),
]
