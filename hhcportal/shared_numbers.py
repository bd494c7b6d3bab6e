"""Where the serving processes of this machine leave their numbers for `/metrics`.

Apart from `hhcportal.metrics`, for the library reads the variable as it is imported.
"""

import os

from django.conf import settings

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share() -> None:
    """Have this process leave its numbers where the others do. Before the middleware is loaded."""
    folder = settings.VAR_DIR / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault(FOLDER, str(folder))
