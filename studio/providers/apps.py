from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "studio.providers"
    label = "providers"

    def ready(self) -> None:
        from studio.providers.actions import make_demo_provider
        from studio.workspaces.actions import on_workspace_made

        on_workspace_made.append(make_demo_provider)
