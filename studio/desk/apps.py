from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "studio.desk"
    label = "desk"
