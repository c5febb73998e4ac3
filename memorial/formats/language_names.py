"""English names of languages, as OHMS and recognisers write them, and their codes.

code_of("Azerbaijani")     # "az"; a code stays a code; "" where nobody knows
name_of("az")              # "Azerbaijani"; the code itself where it has no name here
"""

from __future__ import annotations

from collections.abc import Mapping

from memorial.domain.transcript import LANGUAGE

NAMES: Mapping[str, str] = {
    "ab": "Abkhazian", "ar": "Arabic", "az": "Azerbaijani", "ba": "Bashkir", "be": "Belarusian", "bg": "Bulgarian",
    "bs": "Bosnian", "ca": "Catalan", "ce": "Chechen", "cs": "Czech", "cv": "Chuvash", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean",
    "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lez": "Lezgian", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "mn": "Mongolian", "nl": "Dutch", "no": "Norwegian", "os": "Ossetian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian",
    "sr": "Serbian", "sv": "Swedish", "tg": "Tajik", "tk": "Turkmen", "tly": "Talysh", "tr": "Turkish",
    "tt": "Tatar", "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese",
    "yi": "Yiddish", "zh": "Chinese",
}  # fmt: skip
_CODES = {name.casefold(): code for code, name in NAMES.items()} | {
    "azeri": "az",
    "farsi": "fa",
    "hellenic": "el",
}


def code_of(name: str) -> str:
    """Of a name, or of what has the shape of a code: two or three small letters, perhaps with more behind them."""
    known = _CODES.get(name.strip().casefold())
    if known:
        return known
    code = name.strip()
    short = code.partition("-")[0]
    return code if LANGUAGE.fullmatch(code) and len(short) <= 3 and short.islower() else ""


def name_of(code: str) -> str:
    return NAMES.get(code, code)
