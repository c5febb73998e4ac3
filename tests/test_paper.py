"""PDFs that an editor attaches: what is handed on, and what is refused with a reason. All of it is synthetic."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from memorial.derivatives import Decoder, Refused, inspect_paper
from memorial.derivatives.refusal import REASONS
from tests.pdfs import a_pdf

SCRIPT = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
HOSTILE = {
    "a script": (a_pdf(SCRIPT), "paper_runs"),
    "a script by another spelling of its name": (a_pdf(SCRIPT.replace(b"JavaScript", b"J#61vaScript")), "paper_runs"),
    "a script among packed objects": (a_pdf(packed=b"4 0 <<" + SCRIPT + b">>"), "paper_runs"),
    "a script after words that look like a stream": (a_pdf(more=b"(>>stream\n" + SCRIPT), "paper_runs"),
    "a program to launch": (a_pdf(b"/AA<</O<</S/Launch/F(cmd.exe)>>>>"), "paper_runs"),
    "a file in the file": (a_pdf(b"/Names<</EmbeddedFiles 9 0 R>>"), "paper_runs"),
    "a form that sends": (a_pdf(b"/A<</S/SubmitForm>>"), "paper_runs"),
    "a password": (a_pdf(more=b"trailer<</Encrypt 9 0 R>>"), "paper_locked"),
    "its end cut off": (a_pdf()[:-40], "paper_damaged"),
    "packed objects that are none": (a_pdf(packed=b"x").replace(b"stream\nx", b"stream\n!"), "paper_damaged"),
    "packed objects without end": (a_pdf(packed=bytes(65 << 20)), "paper_damaged"),
}  # fmt: skip


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    own = Decoder()
    yield own
    own.stop()


@pytest.mark.parametrize("what", HOSTILE)
def test_a_pdf_that_would_do_something_is_refused_with_a_reason(decoder, what):
    content, reason = HOSTILE[what]
    with pytest.raises(Refused) as refused:
        inspect_paper(content, "synthetic.pdf", decoder)
    assert refused.value.reason_code == reason
    assert re.fullmatch(r"This PDF .+\.", REASONS[refused.value.message_key])


@pytest.mark.parametrize(
    "content", [a_pdf(), a_pdf(packed=b"4 0 <</Type/Font>>"), a_pdf(b"/Title(JS and XFAces)")]
)
def test_a_pdf_that_is_only_pages_is_taken(decoder, content):
    inspect_paper(content, "synthetic.pdf", decoder)


def test_it_is_looked_at_in_a_process_of_its_own(decoder):
    inspect_paper(a_pdf(), "synthetic.pdf", decoder)
    assert decoder.pid not in (None, os.getpid())
