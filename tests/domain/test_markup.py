"""What people paste becomes harmless, and what is harmless stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from memorial.domain import markup
from memorial.domain.markup import REL, clean, is_allowed_address, paragraphs, plain, render

CORPORA = Path(__file__).resolve().parents[2] / "../shared/corpora/xss"
ALLOWED = {
    "a": {"href", "rel", "lang", "dir"},
    "br": set(),
    **{tag: {"lang", "dir"} for tag in ("p", "em", "strong", "blockquote", "ul", "ol", "li")},
}


def _corpus() -> list[str]:
    files = sorted(CORPORA.glob("*.jsonl"))
    if not files:
        pytest.fail(f"the attack corpora are missing: {CORPORA}")
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [str(row.get("payload", row.get("string"))) for row in rows]


def _wrapped(payload: str) -> Iterator[str]:
    """The payload alone, and where prose would carry it."""
    yield payload
    yield f"<p>before {payload} after</p>"
    yield f'<a href="{payload}">words</a>'
    yield f"<a href='{payload}' lang=\"{payload}\">words</a>"


def _elements(html: str) -> list[Element]:
    tree: Any = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [each for each in tree.iter() if each is not tree]


def _assert_harmless(html: str) -> None:
    for element in _elements(html):
        assert isinstance(element.tag, str), f"a comment or instruction in {html!r}"
        assert element.tag in ALLOWED, html
        assert set(element.attrib) <= ALLOWED[element.tag], html
        if "href" in element.attrib:
            _assert_harmless_address(element.attrib["href"])
        if element.tag == "a":
            assert element.attrib["rel"] == REL


def _assert_harmless_address(href: str) -> None:
    # As a browser reads it: tabs and line ends fall out, blanks are trimmed, \ is /.
    seen = re.sub(r"[\t\n\r]", "", href).strip("".join(map(chr, range(33)))).replace("\\", "/")
    scheme = urlsplit(seen).scheme
    assert scheme in {"http", "https", "mailto"} or re.match(r"/(?!/)|/$|#", seen), href


def test_every_payload_of_the_corpora_becomes_harmless_and_stays_so() -> None:
    payloads = _corpus()
    assert len(payloads) > 1300
    for payload in payloads:
        for html in _wrapped(payload):
            cleaned = clean(html)
            _assert_harmless(cleaned)
            assert clean(cleaned) == cleaned


def test_plain_text_that_looks_like_an_attack_stays_text() -> None:
    for payload in _corpus():
        assert {element.tag for element in _elements(paragraphs(payload))} <= {"p", "br"}


PIECES = r"""
<p> </p> <em> </em> <strong> </strong> <ul> </ul> <ol> <li> </li> <blockquote> </blockquote> <br> <br/> </br>
<a> </a> <a|href="/people/x"> <a|href="javascript:1"> <a|href="//evil.test"> <p|lang="az"|dir=ltr>
<a|href="http://x.test/?a=1&amp;b=2"|lang=en> <a|href=/?a=1&b=2> <script> </script> <style> <!-- --> <title>
<table> <td> <svg> <math> <textarea> <noscript> <template> <select> <form> &lt; &amp & < > " words ə &nbsp;
&#106; &#x0; &copy
"""
pieces = st.sampled_from([piece.replace("|", " ") for piece in PIECES.split()] + ["\n", "\r\n", "\x00", " "])


@given(st.lists(pieces, max_size=14).map("".join) | st.text(max_size=60))
@example("<p><a href='/x'><em><a href='/y'>words")
@example("<a href='/x'><p>one</p><p>two</p></a>")
def test_any_jumble_becomes_harmless_and_stays_so(html: str) -> None:
    cleaned = clean(html)
    _assert_harmless(cleaned)
    assert clean(cleaned) == cleaned


@given(st.lists(pieces, max_size=14).map("".join))
def test_what_is_taken_for_clean_is_what_the_sanitiser_would_write(html: str) -> None:
    cleaned = clean(html)
    assert markup._sanitised(cleaned) == cleaned
    if "\x00" not in html and markup._is_clean(html):
        assert markup._sanitised(html) == html


def test_allowed_markup_is_kept() -> None:
    html = (
        '<p dir="rtl" lang="az-Arab">words <em>words</em> <strong>words</strong><br>words</p>'
        "<blockquote><p>words</p></blockquote><ul><li>one</li></ul><ol><li>two</li></ol>"
    )
    assert clean(html) == html


def test_forbidden_elements_lose_their_tags_and_keep_their_words() -> None:
    assert clean('<h1 onclick="x()">Words</h1><img src=x onerror=x()>') == "Words"
    assert clean("<p>one<!-- note --> two</p>") == "<p>one two</p>"


@pytest.mark.parametrize(
    "href",
    [
        "https://example.org/a?b=1#c",
        "http://example.org",
        "mailto:desk@example.org",
        "/people/x",
        "/",
        "#t=5",
    ],
)
def test_links_to_the_web_to_mail_and_into_the_archive_are_kept(href: str) -> None:
    assert clean(f'<a href="{href}">words</a>') == f'<a href="{href}" rel="{REL}">words</a>'


@pytest.mark.parametrize(
    "href",
    [
        "javascript:1",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:1",
        "java&#10;script:1",
        "data:text/html,x",
        "vbscript:1",
        "//example.org",
        "/\\example.org",
        "/&#9;/example.org",
        "\\\\example.org",
        "people/x",
        "https:example.org",
        "https://desk@example.org/",
        "file:///etc/passwd",
        " https://example.org",
        "mailto:",
        "",
    ],
)
def test_other_addresses_are_taken_away(href: str) -> None:
    assert "href" not in clean(f'<a href="{href}">words</a>')
    assert not is_allowed_address(unescape(href))


def test_attributes_come_in_one_order_and_ampersands_are_written_out() -> None:
    cleaned = clean('<a rel="opener" target=_blank lang=en href="/search?q=a&kind=press" dir=ltr>x</a>')
    assert cleaned == f'<a dir="ltr" href="/search?q=a&amp;kind=press" lang="en" rel="{REL}">x</a>'


@pytest.mark.parametrize(
    "attribute", ['lang="en onclick"', 'dir="up"', 'lang=""', 'style="x"', 'class="x"', 'id="x"']
)
def test_other_attributes_and_values_are_taken_away(attribute: str) -> None:
    assert clean(f"<p {attribute}>words</p>") == "<p>words</p>"


def test_deep_nesting_does_not_break_it() -> None:
    _assert_harmless(clean("<blockquote>" * 150 + "words"))
    _assert_harmless(clean("<em><p>" * 60 + "words"))


def test_rendered_markup_is_cleaned_and_marked_safe() -> None:
    rendered = render("<p onclick=x>words</p>")
    assert isinstance(rendered, Markup)
    assert rendered == "<p>words</p>"


def test_plain_text_gets_paragraphs_and_line_breaks() -> None:
    assert paragraphs("one\r\ntwo\n \n\nthree <b>&</b>\n") == Markup(
        "<p>one<br>\ntwo</p>\n<p>three &lt;b&gt;&amp;&lt;/b&gt;</p>"
    )
    assert paragraphs(" \n ") == ""


@given(st.text(max_size=80))
def test_paragraphs_are_themselves_clean(text: str) -> None:
    assert clean(str(paragraphs(text))) == paragraphs(text)


def test_plain_keeps_words_apart_and_letters_together() -> None:
    html = "<p>on<em>e</em></p><p>two<br>three</p><ul><li>four</li><li>five &amp; six</li></ul>"
    assert plain(html) == "one two three four five & six"


def test_plain_never_holds_a_tag() -> None:
    assert plain('<a href="/x">words</a> &lt;b&gt;') == "words <b>"
