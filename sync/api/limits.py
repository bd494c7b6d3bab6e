"""The limits that the contract publishes."""

from django.conf import settings

BATCH_CHANGES = 500
DEVICE_BATCH_CHANGES = 100
BATCH_BYTES = 4_194_304
DATA_BYTES = 262_144
PAGE_CHANGES = 500
PAGE_BYTES = 4_194_304
WAIT_SECONDS = 55
NESTING = 64


def limits() -> dict[str, int]:
    """The document of `GET /limits`."""
    return {
        "batch_changes": BATCH_CHANGES,
        "device_batch_changes": DEVICE_BATCH_CHANGES,
        "batch_bytes": BATCH_BYTES,
        "data_bytes": DATA_BYTES,
        "page_changes": PAGE_CHANGES,
        "page_bytes": PAGE_BYTES,
        "wait_seconds": WAIT_SECONDS,
        "nesting": NESTING,
        "requests_per_minute": settings.REQUESTS_PER_MINUTE,
        "requests_burst": settings.REQUESTS_BURST,
    }
