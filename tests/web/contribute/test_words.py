"""Every word of the family's pages is there in every language, and every consent form too."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from memorial.derivatives.refusal import REASONS
from memorial.domain.forms_of_consent import CONSENTS, form_in
from memorial.web import languages

WEB = Path(languages.__file__).resolve().parent
OTHERS = [code for code in languages.NAMES if code != languages.DEFAULT]


def _said():
    for folder, method, pattern in (
        ("contribute", "python", "**.py"),
        ("templates/contribute", "jinja2", "**.html"),
    ):
        for found in extract_from_dir(
            WEB / folder, [(pattern, method)], keywords={"_": None, "ngettext": (1, 2)}
        ):
            yield found[2][0] if isinstance(found[2], tuple) else found[2]


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_for_families_is_translated(code):
    words = languages.words(code)
    catalogue = words._catalog
    known = {key[0] if isinstance(key, tuple) else key for key in catalogue}
    reasons = [text for key, text in REASONS.items() if key != "refused.too_large_bytes"]
    assert sorted({*_said(), *reasons} - known) == []


@pytest.mark.parametrize("code", list(languages.NAMES))
def test_the_form_of_consent_is_there_in_every_language_and_asks_no_training(code):
    form = form_in(code)
    assert form.language == code
    assert all(form.asked[key].question and form.asked[key].meaning for key in CONSENTS)
    assert len({form_in(other).sha256 for other in languages.NAMES}) == len(languages.NAMES)
