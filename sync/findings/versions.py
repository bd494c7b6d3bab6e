"""Which programs are outdated: the setting `MIN_CLIENT_VERSIONS`."""

import re

from django.conf import settings

_NUMBERS = re.compile(r"\d{1,9}(\.\d{1,9})*")


def least_for(role: str, platform: str) -> str:
    """The oldest version that is still good; a platform's own outranks its role's. Empty: all."""
    least: dict[str, str] = settings.MIN_CLIENT_VERSIONS
    return least.get(platform.lower()) or least.get(role) or ""


def is_older(version: str, least: str) -> bool:
    """Whether `version` lies below `least`, by the numbers that each begins with.

    Where either tells no number nothing is known, and nothing is older.
    """
    told, wanted = _numbers(version), _numbers(least)
    width = max(len(told), len(wanted))
    return bool(told and wanted) and _padded(told, width) < _padded(wanted, width)


def _numbers(version: str) -> list[int]:
    found = _NUMBERS.match(version.strip().removeprefix("v"))
    return [int(part) for part in found[0].split(".")] if found else []


def _padded(numbers: list[int], width: int) -> list[int]:
    return numbers + [0] * (width - len(numbers))
