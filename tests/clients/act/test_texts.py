"""Rich text as plain text, and texts cut to a size."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.agent.act import texts

RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil Arial;}}{\colortbl ;\red0\green0\blue0;}\f0 "
)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<div>One<br>Two<br/>Three</div>", "One\nTwo\nThree"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B\nC"),
        ("<p>Gr&uuml;&szlig;e &amp; &lt;mehr&gt;&nbsp;!</p>", "Grüße & <mehr> !"),
        ("<html><head><title>No</title><style>p {}</style></head><body>Yes</body>", "Yes"),
        ("<head><title>No</head><body>Yes</body>", "Yes"),
        ("<p>Yes<script>no()</script></p>", "Yes"),
        ("<P ALIGN=left>Loud</P>", "Loud"),
        ("<p>never closed <b>bold", "never closed bold"),
        ("<p>a\n   b</p>", "a b"),
        ("<p><br></p>", ""),
        ("<p>One</p><p><br></p><p>Two</p>", "One\n\nTwo"),
        ("<p>One</p>\n\n<div>\n<p>Two</p></div>", "One\nTwo"),
        ("<p>One<!-- <p>no</p> --> two<!-- and no", "One two"),
        ("<!DOCTYPE html><?xml no?><o:p>One</o:p>", "One"),
        ("<p>a < b, <john@example.com></p>", "a < b, <john@example.com>"),
    ],
)
def test_html(html: str, words: str) -> None:
    assert texts.plain(html) == (words, html)


@pytest.mark.parametrize(
    ("rtf", "words"),
    [
        (RTF + r"Gr\'fc\'dfe\par second line\par}", "Grüße\nsecond line"),
        (RTF + r"{\b bold} and \i italic\i0 .}", "bold and italic."),
        (RTF + r"\u8364? \u-10179?\u-8704?}", "€ 😀"),
        (RTF + r"{\pict\pngblip " + "0a1b" * 200_000 + "}after the picture}", "after the picture"),
        (RTF + r"cut off", "cut off"),
        (RTF + r"\u99999999999? damaged \'fc}", "? damaged"),
        (r"{\rtf}", ""),
    ],
)
def test_rtf(rtf: str, words: str) -> None:
    told, html = texts.plain(rtf)
    assert words in told
    assert "\\" not in told
    assert not html


@pytest.mark.parametrize(
    "text",
    [
        "",
        "John <john@example.com>, a < b and c > d",
        "1 <2> 3 & 4 &amp; 5",
        "  indented\n\ttabbed",
        r"C:\rtf1\plain",
        "{not rtf}",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert texts.plain(text) == (text, "")


def test_line_ends_are_of_one_kind() -> None:
    assert texts.plain("a\r\nb\rc\n") == ("a\nb\nc", "")


def test_pictures_in_html_do_not_push_its_words_out() -> None:
    picture = "data:image/png;base64," + "iVBOR" * 400_000
    words, html = texts.plain(f'<p>before<img src="{picture}">after</p>')
    assert words == "beforeafter"
    assert html == '<p>before<img src="data:,">after</p>'


@pytest.mark.parametrize(
    "opened",
    [
        "<",
        "<!--",
        "<a <b ",
        "a='",
        "&#",
        "<script ",
        "<b>x</b>",
        "<![CDATA[",
        r"{\field{\*\fldinst{",
        r"{\'a",
    ],
)
def test_a_mail_made_to_hold_up_its_reader_does_not(opened: str) -> None:
    for start in ("<p>", "{\\rtf1 "):
        began = time.process_time()
        texts.plain(start + opened * (200_000 // len(opened)))
        # A reader that begins anew at every sign takes minutes.
        assert time.process_time() - began < 5


def test_what_is_longer_than_anybody_reads_bears_the_mark() -> None:
    for start in ("<p>", "{\\rtf1 "):
        assert texts.plain(start + "word\n" * 220_000)[0].endswith(texts.MARK)


def test_html_above_64_kb_is_left_out_and_its_words_are_not() -> None:
    words, html = texts.plain(f"<p>{'ä' * 32_000}</p>")
    assert (len(words), html[:4]) == (32_000, "<p>ä")
    words, html = texts.plain(f"<p>{'ä' * 33_000}</p>")
    assert (len(words), html) == (33_000, "")


def test_halves_of_characters_are_replaced() -> None:
    assert texts.sound("\ud83d\ude00 \ud83d x") == "😀 \ufffd x"
    assert texts.plain("<p>\ud83d</p>")[0] == "\ufffd"


@given(st.text(alphabet=st.sampled_from('aä€😀"\\\n\x00\u2028'), max_size=300), st.integers(0, 400))
def test_a_cut_text_fits_ends_at_a_character_and_bears_the_mark(text: str, room: int) -> None:
    cut = texts.cut(text, room)
    assert len(json.dumps(cut, ensure_ascii=False).encode()) <= max(room, 2)
    if texts.size(text) <= room:
        assert cut == text
    elif cut:
        assert cut.endswith(texts.MARK)
        assert text.startswith(cut.removesuffix(texts.MARK))


def test_a_cut_text_uses_the_room_that_it_has() -> None:
    cut = texts.cut("ä" * 10_000, 1000)
    assert 997 <= texts.size(cut) <= 1000


@given(st.text(max_size=200).map(lambda text: "{\\rtf1 " + text) | st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    words, html = texts.plain(text)
    (words + html).encode()
