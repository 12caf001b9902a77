"""The URL map of a gateway on its own."""

from django.urls import include, path, re_path

from studio.demo.views import nothing_here

urlpatterns = [path("demo/", include("studio.demo.urls")), re_path(r"", nothing_here)]
