"""The words of the interface, by language: read from the catalogues, once per process.

    words("ru").gettext("People")

They lie in `memorial/translations/{az,ru,tr}/LC_MESSAGES/*.po` (messages.po: the public pages;
other faces and the letters may have files of their own) with English as the message id. No
compiled file is kept anywhere. Pages reach them through web/languages.py.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

NAMES = {"az": "Azərbaycanca", "en": "English", "ru": "Русский", "tr": "Türkçe"}
DEFAULT = "en"
CATALOGUES = Path(__file__).resolve().parent / "translations"


def catalogue(code: str) -> Path:
    """The file with a language's words; English needs none."""
    return CATALOGUES / code / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=len(NAMES))
def words(code: str) -> NullTranslations:
    """A language's words; a message that has none is shown in English, never left out."""
    together = Catalog(locale=code)
    for path in sorted(catalogue(code).parent.glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=code):
                if message.id and not message.fuzzy:
                    together.add(message.id, message.string)
    if not len(together):
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, together)
    compiled.seek(0)
    return Translations(compiled)
