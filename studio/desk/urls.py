from django.urls import path

from studio.desk import views

app_name = "desk"

urlpatterns = [
    path("", views.compose, name="compose"),
    path("generate/", views.generate, name="generate"),
]
