"""The URL map of a gateway on its own."""

from django.urls import include, path

urlpatterns = [path("demo/", include("studio.demo.urls"))]
