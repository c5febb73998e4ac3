"""One line of text stands beside others without turning or breaking them."""

from __future__ import annotations

import pytest

from memorial.domain.lines import one_line


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nSet-Cookie: x=1\x00\t\x85.pdf", "aSet-Cookie: x=1.pdf"),
        ("\u2066Şəxs\u2069 \ud800", "Şəxs "),
        ("می\u200cخواهم \u200fسند.pdf", "می\u200cخواهم \u200fسند.pdf"),
    ],
)
def test_a_name_reads_as_it_ends_and_letters_of_every_script_stay(sent, read):
    assert one_line(sent) == read
