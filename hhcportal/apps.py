from django.apps import AppConfig
from django.core import checks


class PortalConfig(AppConfig):
    name = "hhcportal"

    def ready(self) -> None:
        # Makes the Celery app known before a task is sent; the package's own `__init__` must
        # stay free of it, for the bootstrap imports it with nothing installed.
        import hhcportal.celery  # noqa: F401
        from hhcportal import demands, deployment

        checks.register(demands.check_database, checks.Tags.database)
        checks.register(deployment.check_wall, checks.Tags.database)
        checks.register(deployment.check_proxies, checks.Tags.security, deploy=True)
