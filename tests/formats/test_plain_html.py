"""Pages as plain files: addresses are moved, what needs a server goes, all else stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.formats.plain_html import rewritten


def moved(address: str) -> str | None:
    return None if address.startswith("/gone") else f"../{address.strip('/')}.html"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<p class="a">A &amp; B&nbsp;<b>c</b></p>', '<p class="a">A &amp; B&nbsp;<b>c</b></p>'),
        ('<a class="x" href="/en/press">x</a>', '<a class="x" href="../en/press.html">x</a>'),
        ('<a class="x" href="/gone">x</a>', '<a class="x">x</a>'),
        ('a<img src="/gone/1" alt="">b', "ab"),
        ('<img srcset="/a 1x, /gone 2x" src="/a">', '<img srcset="../a.html 1x" src="../a.html">'),
        ("a<form><div><input>in</div></form>b", "ab"),
        ('a<script src="/x">if (a < b) {}</script>b', "ab"),
        ("<noscript><p>read</p></noscript>", "<p>read</p>"),
        ("<!doctype html><br><hr/>", "<!doctype html><br><hr/>"),
    ],
)
def test_what_becomes_of_a_piece_of_a_page(before: str, after: str):
    assert rewritten(before, moved) == after


@given(st.text(alphabet="ab <>&;#'\"/=-é", max_size=60))
def test_words_without_marks_of_ours_stay_and_nothing_breaks(text: str):
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert rewritten(f"<p>{written}</p>", moved) == f"<p>{written}</p>"
    rewritten(text, moved)
