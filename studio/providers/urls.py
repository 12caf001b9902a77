from django.urls import path

from studio.providers import views

app_name = "providers"

urlpatterns = [
    path("", views.listing, name="list"),
    path("add/", views.add, name="add"),
    path("<uuid:pk>/", views.edit, name="edit"),
    path("<uuid:pk>/habits/", views.habits, name="habits"),
    path("<uuid:pk>/switch/", views.switch, name="switch"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
    path("<uuid:pk>/test/", views.test, name="test"),
    path("<uuid:pk>/found/", views.add_found, name="add-found"),
    path("<uuid:pk>/models/", views.add_model, name="add-model"),
    path("models/<uuid:pk>/", views.edit_model, name="edit-model"),
    path("models/<uuid:pk>/remove/", views.remove_model, name="remove-model"),
]
