"""Rich text to plain text, and cutting what is too long.

Act! hands out notes and details as HTML, RTF or plain text; which of them, its `format` parameter
does not decide on every build. So the text itself is looked at.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

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
_BLANK = re.compile(r"[ \t\r\f\v]+")
_GAPS = re.compile(r"\n{3,}")
_UNSEEN = {"head", "script", "style", "title"}
_BLOCKS = {"p", "div", "table", "ul", "ol", "blockquote", "pre", "hr", *(f"h{n}" for n in range(7))}
_LINES = {"br", "li", "tr"}


def plain(text: str) -> tuple[str, str]:
    """The text without its format, and its HTML where it was HTML of a size that travels, or ""."""
    text = sound(text)
    if text.lstrip().startswith("{\\rtf"):
        return _from_rtf(text), ""
    if _IS_HTML.search(text[:_MOST_READ]):
        html = _HTML_PICTURE.sub("data:,", text)
        return _from_html(html[:_MOST_READ]), html if size(html) <= MOST_HTML else ""
    return _lines(text), ""


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
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _bytes(text: str) -> int:
    return size(text) - 2


class _Words(HTMLParser):
    """The words of a page, in lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "body":
            # A head that was never closed hides nothing of what follows.
            self._unseen = 0
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "td":
            self.parts.append(" ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\n", " ").replace("\xa0", " "))

    def _break(self, tag: str) -> None:
        if tag in _LINES or (tag in _BLOCKS and not "".join(self.parts[-1:]).endswith("\n")):
            self.parts.append("\n")


def _from_html(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    return _tidy("".join(words.parts))


def _from_rtf(rtf: str) -> str:
    rtf = _RTF_PICTURE.sub("", rtf)[:_MOST_READ]
    try:
        text = str(rtf_to_text(rtf, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, ArithmeticError, LookupError, TypeError):
        # Damaged rich text still has words; better those without accents than no note.
        text = _RTF_CONTROL.sub("", rtf)
    return _tidy(sound(text))


def _tidy(text: str) -> str:
    lines = (_BLANK.sub(" ", line).strip() for line in _lines(text).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
