"""What every page may name."""

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, str]:
    """The product's name and colour and the hotline, for templates."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "product_colour": settings.PRODUCT_COLOUR,
        "support_phone": settings.SUPPORT_PHONE,
        "support_hours": settings.SUPPORT_HOURS,
        "support_email": settings.SUPPORT_EMAIL,
        "support_ticket_url": settings.SUPPORT_TICKET_URL,
    }
