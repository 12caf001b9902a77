from django.urls import path

from studio.gallery import views

app_name = "gallery"

urlpatterns = [
    path("", views.listing, name="list"),
    path("deleted/", views.deleted, name="deleted"),
    path("<uuid:pk>/", views.item, name="item"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("<uuid:pk>/restore/", views.restore, name="restore"),
    path("<uuid:pk>/download/", views.download, name="download"),
    path("<uuid:pk>/media/<slug:kind>/", views.media, name="media"),
]
