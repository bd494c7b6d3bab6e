"""What a person calls a record."""

from __future__ import annotations

import json

_NAMING = ("name", "subject", "title", "regarding")
_SHOWN = 80


def name_of(data: str) -> str:
    """The fields of a record's JSON text that name it, else its first text; one short line."""
    content = json.loads(data)
    if not isinstance(content, dict):
        return str(content)[:_SHOWN]
    texts = {key: value for key, value in content.items() if isinstance(value, str) and value}
    naming = [value for key, value in texts.items() if key.lower().endswith(_NAMING)]
    others = [value for key, value in texts.items() if key != "id"]
    return ", ".join(naming or others[:1]).replace("\n", " ")[:_SHOWN]
