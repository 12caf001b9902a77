from django.urls import path

from studio.generations import views

app_name = "generations"

urlpatterns = [
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/card/", views.card, name="card"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("<uuid:pk>/send-again/", views.send_again, name="send-again"),
    path("<uuid:pk>/fetch-again/", views.fetch_again, name="fetch-again"),
    path("<uuid:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("<uuid:pk>/bring-back/", views.bring_back, name="bring-back"),
    path("<uuid:pk>/transcript.txt", views.transcript, name="transcript"),
]
