"""What families are asked to agree to: the exact words, by language, and the hash that names them.

    form = form_in("az")          # Form(name, version, language, …); form_in("az", 1): as it was
    form.text, form.sha256        # what goes into the table `consent_forms`

Three consents, each for itself: to keep, to show to the audience that was chosen, and to let
others use it. Training of programs on people's words (`ai_training`) is not asked and never
implied. A wording is not changed afterwards: a change is a new version, and every version stays
here, because people agreed to its very words. Version 2 names recordings beside photographs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

NAME = "families"
VERSION = 2

KEEP, SHOW, REUSE = "keep", "show", "reuse"
CONSENTS = (KEEP, SHOW, REUSE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One consent: the question, and what a yes means."""

    question: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Form:
    """The three consents in one language."""

    language: str
    asked: Mapping[str, Asked]
    name: str = NAME
    version: int = VERSION

    @property
    def text(self) -> str:
        """The whole form as plain text: what is stored and hashed."""
        return "\n\n".join(f"{self.asked[key].question}\n{self.asked[key].meaning}" for key in CONSENTS)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def form_in(language: str, version: int = VERSION) -> Form:
    """The form in a language; in English where there is none."""
    known = language if language in _WORDS else "en"
    words = {**_WORDS[known], **(_SECOND[known] if version >= 2 else {})}
    return Form(known, {key: Asked(*words[key]) for key in CONSENTS}, version=version)


_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        KEEP: (
            "May the archive keep what you send?",
            "We store your words and photographs safely and unchanged. Only people who work for the archive "
            "can read them. You can have them removed at any time with your code.",
        ),
        SHOW: (
            "May the archive show it to those you chose?",
            "After a person has read it and you have seen and approved the page, it is shown to the people "
            "you chose under “who may see it”, and to nobody else. You can hide it at any time, at once and "
            "without a reason.",
        ),
        REUSE: (
            "May others use it, naming the archive as the source?",
            "Schools, researchers and journalists may then download and quote it and show it elsewhere. What "
            "others have taken cannot be called back. You can say no to this and still yes to the others.",
        ),
    },
    "az": {
        KEEP: (
            "Göndərdiklərinizi arxiv saxlaya bilərmi?",
            "Sözlərinizi və fotolarınızı etibarlı şəkildə, dəyişdirmədən saxlayırıq. Onları yalnız arxivdə "
            "çalışan insanlar oxuya bilər. İstənilən vaxt kodunuzla onların silinməsini istəyə bilərsiniz.",
        ),
        SHOW: (
            "Arxiv bunu sizin seçdiyiniz insanlara göstərə bilərmi?",
            "Bir insan onu oxuyandan və siz səhifəni görüb təsdiq edəndən sonra o, yalnız “kim görə bilər” "
            "sualında seçdiyiniz insanlara göstərilir, başqa heç kimə yox. İstənilən vaxt, dərhal və səbəb "
            "göstərmədən gizlədə bilərsiniz.",
        ),
        REUSE: (
            "Başqaları arxivi mənbə göstərməklə bundan istifadə edə bilərmi?",
            "O zaman məktəblər, tədqiqatçılar və jurnalistlər onu yükləyə, ondan sitat gətirə və başqa yerdə "
            "göstərə bilərlər. Başqalarının götürdüyünü geri qaytarmaq mümkün deyil. Buna yox, digərlərinə "
            "hə deyə bilərsiniz.",
        ),
    },
    "ru": {
        KEEP: (
            "Можно ли архиву хранить то, что вы присылаете?",
            "Мы храним ваши слова и фотографии надёжно и без изменений. Читать их могут только люди, которые "
            "работают в архиве. Вы можете в любое время попросить удалить их с помощью своего кода.",
        ),
        SHOW: (
            "Можно ли архиву показывать это тем, кого вы выбрали?",
            "После того как присланное прочтёт человек, а вы увидите страницу и одобрите её, её смогут видеть "
            "те, кого вы выбрали в вопросе «кто может это видеть», и больше никто. Вы можете скрыть её в "
            "любое время, сразу и без объяснений.",
        ),
        REUSE: (
            "Можно ли другим использовать это со ссылкой на архив?",
            "Тогда школы, исследователи и журналисты смогут скачивать это, цитировать и показывать в других "
            "местах. То, что другие уже взяли, вернуть нельзя. Вы можете ответить здесь «нет», а на другие "
            "вопросы — «да».",
        ),
    },
    "tr": {
        KEEP: (
            "Gönderdiklerinizi arşiv saklayabilir mi?",
            "Sözlerinizi ve fotoğraflarınızı güvenle ve değiştirmeden saklarız. Onları yalnızca arşivde "
            "çalışan insanlar okuyabilir. Kodunuzla istediğiniz zaman silinmelerini isteyebilirsiniz.",
        ),
        SHOW: (
            "Arşiv bunu seçtiğiniz kişilere gösterebilir mi?",
            "Bir insan okuduktan, siz de sayfayı görüp onayladıktan sonra, yalnızca “kim görebilir” sorusunda "
            "seçtiğiniz kişilere gösterilir, başka kimseye değil. İstediğiniz zaman, hemen ve neden "
            "belirtmeden gizleyebilirsiniz.",
        ),
        REUSE: (
            "Başkaları arşivi kaynak göstererek bunu kullanabilir mi?",
            "O zaman okullar, araştırmacılar ve gazeteciler bunu indirebilir, alıntılayabilir ve başka yerde "
            "gösterebilir. Başkalarının aldığı geri getirilemez. Buna hayır, diğerlerine evet diyebilirsiniz.",
        ),
    },
}

# What version 2 says otherwise.
_SECOND: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        KEEP: (
            "May the archive keep what you send?",
            "We store your words, photographs and recordings safely and unchanged. Only people who work for "
            "the archive can read, see and hear them. You can have them removed at any time with your code.",
        ),
    },
    "az": {
        KEEP: (
            "Göndərdiklərinizi arxiv saxlaya bilərmi?",
            "Sözlərinizi, fotolarınızı və yazılarınızı (səs, video) etibarlı şəkildə, dəyişdirmədən saxlayırıq. "
            "Onları yalnız arxivdə çalışan insanlar oxuya, görə və dinləyə bilər. İstənilən vaxt kodunuzla "
            "onların silinməsini istəyə bilərsiniz.",
        ),
    },
    "ru": {
        KEEP: (
            "Можно ли архиву хранить то, что вы присылаете?",
            "Мы храним ваши слова, фотографии и записи надёжно и без изменений. Читать, смотреть и слушать их "
            "могут только люди, которые работают в архиве. Вы можете в любое время попросить удалить их с "
            "помощью своего кода.",
        ),
    },
    "tr": {
        KEEP: (
            "Gönderdiklerinizi arşiv saklayabilir mi?",
            "Sözlerinizi, fotoğraflarınızı ve kayıtlarınızı güvenle ve değiştirmeden saklarız. Onları yalnızca "
            "arşivde çalışan insanlar okuyabilir, görebilir ve dinleyebilir. Kodunuzla istediğiniz zaman "
            "silinmelerini isteyebilirsiniz.",
        ),
    },
}

LANGUAGES = tuple(_WORDS)
