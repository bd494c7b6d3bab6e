from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "hhcportal"

    def ready(self) -> None:
        # Makes the Celery app known before a task is sent; the package's own `__init__` must
        # stay free of it, for the bootstrap imports it with nothing installed.
        import hhcportal.celery  # noqa: F401
