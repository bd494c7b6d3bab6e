"""Rich text to plain text, and cutting what is too long.

Act! hands out notes and details as HTML, RTF or plain text; which of them, its `format` parameter
does not decide on every build. So the text itself is looked at.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from striprtf.striprtf import rtf_to_text

from clients import rawjson

MARK = "… [cut: the rest is in Act!]"
MOST_HTML = 64 * 1024

# Pictures lie in both formats as text, by the megabyte; without them their words are short.
_HTML_PICTURE = re.compile(r"data:[\w.+/-]+;base64,[A-Za-z0-9+/=\r\n]*+", re.IGNORECASE)
_RTF_PICTURE = re.compile(r"[0-9a-fA-F\s]{512,}+")
_MOST_READ = 1024 * 1024
_IS_HTML = re.compile(
    r"<(?:!doctype|html|head|body|p|br|div|span|font|b|i|u|a|ul|ol|li|table|h[1-6]|strong|em)"
    r"(?:\s[^<>]*|\s*/)?>",
    re.IGNORECASE,
)
_RTF_CONTROL = re.compile(r"\\'[0-9a-f]{2}|\\[a-z]+-?\d* ?|\\.|[{}]", re.IGNORECASE)
_RTF = "{\\rtf"
_BLANK = re.compile(r"[ \t\r\f\v]+")
_GAPS = re.compile(r"\n{3,}")
# Whatever begins here is taken to its end or to that of the page, so that no page, and no mail that
# somebody sent to the office, is read more than once: `html.parser` takes minutes for one megabyte
# of opened comments.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<unseen>head|script|style|title)\b.*?(?:</(?P=unseen)\s*>|(?=<body\b)|\Z)"
    r"|<[!?][^<>]*+>?"
    r"|<(?P<end>/?)(?P<tag>[a-z][a-z0-9:]*)(?=[\s/>])[^<>]*+>",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = {"p", "div", "table", "ul", "ol", "blockquote", "pre", *(f"h{n}" for n in range(7))}
_LINES = {"br", "hr", "li", "tr"}
# A field lies in one line, so the search for links in it ends with it.
_RTF_FIELD = re.compile(r"(?=\{\\field\b)")


def plain(text: str) -> tuple[str, str]:
    """The text without its format, and its HTML where it was HTML of a size that travels, or ""."""
    text = sound(text)
    if text.lstrip().startswith(_RTF):
        return _most(_RTF_PICTURE.sub("", text), _from_rtf), ""
    if _IS_HTML.search(text[:_MOST_READ]):
        page = _HTML_PICTURE.sub("data:,", text)
        return _most(page, _from_html), page if size(page) <= MOST_HTML else ""
    return lines(text), ""


def looks_rich(text: str) -> bool:
    """Whether the text would be taken for HTML or RTF."""
    return text.lstrip().startswith(_RTF) or bool(_IS_HTML.search(text[:_MOST_READ]))


def size(value: object) -> int:
    """The bytes that `value` takes as JSON."""
    return len(rawjson.dump(value).encode())


def cut(text: str, room: int) -> str:
    """`text` in at most `room` bytes of JSON, with a mark where something was left out.

    It ends between two characters. Where not even the mark has room, nothing is left of it.
    """
    if size(text) <= room:
        return text
    room -= size(MARK)
    if room < 0:
        return ""
    # The number of characters that fit grows with the room: halving finds it.
    fit, over = 0, min(len(text), room + 1)
    while over - fit > 1:
        middle = (fit + over) // 2
        fit, over = (middle, over) if _bytes(text[:middle]) <= room else (fit, middle)
    return text[:fit].rstrip() + MARK


def sound(text: str) -> str:
    """`text` without the halves of characters that no UTF-8 can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _bytes(text: str) -> int:
    return size(text) - 2


def _most(rich: str, words_of: Callable[[str], str]) -> str:
    words = words_of(rich[:_MOST_READ])
    return words if len(rich) <= _MOST_READ else f"{words}\n{MARK}"


def _from_html(page: str) -> str:
    parts: list[str] = []
    at, in_line = 0, False
    for markup in _MARKUP.finditer(page):
        parts.append(_words(page[at : markup.start()]))
        at, in_line = markup.end(), in_line or bool(parts[-1].strip())
        tag = (markup["tag"] or "").lower()
        if tag == "td":
            parts.append(" ")
        elif (tag in _LINES and not markup["end"]) or (tag in _BLOCKS and in_line):
            parts.append("\n")
            in_line = False
    parts.append(_words(page[at:]))
    return _tidy("".join(parts))


def _words(text: str) -> str:
    return html.unescape(text.replace("\n", " ")).replace("\xa0", " ")


def _from_rtf(rtf: str) -> str:
    rtf = _RTF_FIELD.sub("\n", rtf)
    try:
        text = str(rtf_to_text(rtf, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, ArithmeticError, LookupError, TypeError):
        # Damaged rich text still has words; better those without accents than no note.
        text = _RTF_CONTROL.sub("", rtf)
    return _tidy(sound(text))


def _tidy(text: str) -> str:
    stripped = (_BLANK.sub(" ", line).strip() for line in lines(text).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(stripped)).strip()


def lines(text: str) -> str:
    """`text` with line ends of one kind, and none at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
