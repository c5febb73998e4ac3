"""Words that become part of a record in the family's own language. They are content, not interface.

in_language(NOTICE_WORDS, "az")
"""

from __future__ import annotations

from collections.abc import Mapping

from memorial.domain.fates import ANSWERS


def in_language(words: Mapping[str, str], language: str) -> str:
    """The words in a language, in English where there are none."""
    return words.get(language) or words["en"]


SENDER = {
    "en": "Whoever sent this remembrance",
    "az": "Bu xatirəni göndərən şəxs",
    "ru": "Приславший эти воспоминания",
    "tr": "Bu anıyı gönderen kişi",
}
NOTICE_WORDS = {
    "en": "Withdrawn by those it belongs to.",
    "az": "Sahiblərinin istəyi ilə geri götürülüb.",
    "ru": "Отозвано теми, кому это принадлежит.",
    "tr": "Sahiplerinin isteğiyle geri çekildi.",
}
FATE_WORDS = ANSWERS  # read again where the page says what became of them (domain/fates.py)
NAMELESS = {
    "survivor": {"en": "A survivor", "az": "Sağ qalan", "ru": "Переживший эти события", "tr": "Bir kurtulan"},
    "eyewitness": {"en": "An eyewitness", "az": "Şahid", "ru": "Очевидец", "tr": "Bir görgü tanığı"},
    "relative": {"en": "A relative", "az": "Qohum", "ru": "Родственник", "tr": "Bir akraba"},
    "rescuer": {"en": "A rescuer", "az": "Xilasedici", "ru": "Спасатель", "tr": "Bir kurtarma görevlisi"},
    "journalist": {"en": "A journalist", "az": "Jurnalist", "ru": "Журналист", "tr": "Bir gazeteci"},
    "official": {"en": "An official", "az": "Rəsmi şəxs", "ru": "Должностное лицо", "tr": "Bir görevli"},
    "other": {
        "en": "Name not shown",
        "az": "Ad göstərilmir",
        "ru": "Имя не показывается",
        "tr": "Adı gösterilmiyor",
    },
}
