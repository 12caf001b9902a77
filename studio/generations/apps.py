from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "studio.generations"
    label = "generations"

    def ready(self) -> None:
        from studio.generations.cards import GenerationKind
        from studio.live.kinds import register

        register("generation", GenerationKind())
