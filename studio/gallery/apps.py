from django.apps import AppConfig


class GalleryConfig(AppConfig):
    name = "studio.gallery"
    label = "gallery"

    def ready(self) -> None:
        from studio.gallery.kinds import GalleryKind
        from studio.live.kinds import register

        register("gallery", GalleryKind())
