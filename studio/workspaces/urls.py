from django.urls import path
from django.views.i18n import set_language

from studio.workspaces import settings_views, views

app_name = "workspaces"

urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("language/", set_language, name="language"),
    path("join/<str:token>/", views.accept, name="accept"),
    path("settings/", settings_views.settings_root, name="settings"),
    path("settings/account/", settings_views.account, name="account"),
    path("settings/password/", settings_views.password, name="password"),
    path("settings/people/", settings_views.people, name="people"),
    path("settings/people/<int:pk>/role/", settings_views.change_role, name="change-role"),
    path("settings/people/<int:pk>/remove/", settings_views.remove, name="remove"),
    path("settings/people/<int:pk>/new-password/", settings_views.new_password_link, name="new-password-link"),
    path("settings/people/links/<uuid:pk>/revoke/", settings_views.revoke, name="revoke"),
]
