"""Notes and histories, and their texts in three forms."""

import html
import re
from typing import Any

from striprtf.striprtf import rtf_to_text

from tests.act import words
from tests.act.draw import Chance
from tests.act.people import Stored
from tests.act.times import stamp

# Ids and names seen live; the last three are the system's own.
HISTORY_TYPES = {
    0: "Call Attempted", 1: "Call Completed", 2: "Call Received", 17: "Call Left Message",
    6: "Meeting Held", 8: "To-do Done", 16: "E-mail Sent", 62: "Quote",
    3: "Field Changed", 13: "Contact Updated", 51: "Sent Sync", 52: "Received Sync",
}  # fmt: skip
ACTIVITY_TYPES = {1: "Call", 2: "Meeting", 3: "To-do", 4: "Personal Activity", 1000: "Site visit"}
# These few are long, so that every office has texts above any limit: number → characters.
_LONG = {"note": {3: 300_000, 5: 100_000}, "history": {4: 70_000}}
FORMS = ("html", "rtf", "text")
_IS_HTML = re.compile(
    r"<(?:!doctype|html|body|p|br|div|span|b|i|u|a|ul|ol|li|table)\b[^<>]*>", re.IGNORECASE
)
_UNSEEN = re.compile(r"<(head|style|script)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\b[^<>]*>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def note(chance: Chance, number: int, created: int) -> Stored:
    """A note; `_text` and `_form` become `noteText` when it is shown."""
    return {
        "noteTypeID": 100,
        "displayDate": stamp(created),
        **text("note", chance, number),
        **_attachment(number),
    }


def history(chance: Chance, number: int, created: int) -> Stored:
    """A history; `_text` and `_form` become `details` when it is shown."""
    dice = chance.dice("history", number)
    type_id = dice.choice(tuple(HISTORY_TYPES))
    minutes = dice.choice((0, 5, 15, 30, 60))
    return {
        "historyTypeID": type_id,
        "historyType": history_type(type_id),
        "regarding": dice.choice(words.SUBJECTS),
        "duration": f"{minutes} minutes" if minutes else "",
        "startTime": stamp(created - minutes * 60),
        "endTime": stamp(created),
        "outlookID": None,
        **text("history", chance, number),
        **_attachment(number),
    }


def history_type(type_id: int) -> dict[str, Any]:
    """The embedded HistoryType."""
    return {
        "id": type_id,
        "name": HISTORY_TYPES.get(type_id, f"Type {type_id}"),
        "activityTypeId": 0,
        "activityTypeName": "Call",
        "description": "",
    }


def text(kind: str, chance: Chance, number: int) -> Stored:
    """What was written and the form in which Act! keeps it: two fifths HTML, a fifth RTF."""
    dice = chance.dice(f"text of {kind}", number)
    long = _LONG.get(kind, {}).get(number, 0)
    some = dice.choices(words.SENTENCES, k=1 + dice.randrange(5))
    lines = some * (1 + long // len(" ".join(some)))
    return {
        "_text": ("\n" if dice.random() < 0.5 else " ").join(lines),
        "_form": "html" if long else dice.choices(FORMS, (40, 20, 40))[0],
    }


def shown(text: str, form: str) -> str:
    """A text in the form asked for."""
    if form == "html":
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
        return f"<html><head><style>p {{margin:0}}</style></head><body>{lines}</body></html>"
    if form == "rtf":
        escaped = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
        signs = (c if c < "\x80" else f"\\u{ord(c) % 65536}?" for c in escaped)
        return "{\\rtf1\\ansi\\deff0 " + "".join(signs).replace("\n", "\\par ") + "}"
    return text


def told(kept: Stored, form: str) -> str:
    """The text of a record in the form asked for; `auto` is the one in which it came in."""
    form = kept["_form"] if form == "auto" else form
    as_it_came: str | None = kept.get("_written") if form == kept["_form"] else None
    return shown(kept["_text"], form) if as_it_came is None else as_it_came


def written(value: str | None) -> Stored:
    """What is kept of a text that somebody wrote: HTML and RTF stay as they came in.

    Which of them it is, is seen by the text itself: `format` is about answers alone [I].
    """
    value = value or ""
    if value.lstrip().startswith("{\\rtf"):
        plain = str(rtf_to_text(value)).strip()  # type: ignore[no-untyped-call]
        return {"_text": plain, "_form": "rtf", "_written": value}
    if _IS_HTML.search(value):
        lines = _BREAK.sub("\n", _UNSEEN.sub("", value).replace("\n", " "))
        plain = html.unescape(_TAG.sub("", lines)).strip()
        return {"_text": plain, "_form": "html", "_written": value}
    return {"_text": value, "_form": "text", "_written": None}


def _attachment(number: int) -> Stored:
    if number % 20 != 2:
        return {"attachment": None}
    name = f"Angebot {number}.pdf"
    return {
        "attachment": {
            "displayName": name,
            "fileExtension": ".pdf",
            # A UNC path with server and database name (seen live).
            "fileName": rf"\\ACTSERVER\Vertrieb-database files\Attachments\{name}",
            "fileSize": 1024 * (number % 900 + 1),
            "fileSizeDisplay": f"{number % 900 + 1} KB",
            "fileType": "Adobe Acrobat Document",
            "lastModified": "2024-03-05T09:00:00Z",
            "personal": False,
        }
    }
