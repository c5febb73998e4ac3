"""Reply texts: what the desk often says to families, in their language, and the one rule about them.

A text is taken into a message from its second paragraph on; the first line is written by hand
(LOOK, "The desk"). `begins_by_hand(words, texts)` says whether it was. The texts below are what an
archive starts with; it edits them (services/replies.py). They are content, not interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from memorial.domain.names import fold

Texts = Mapping[str, Mapping[str, str]]  # key -> language -> text
LONGEST = 2_000


def begins_by_hand(words: str, texts: Iterable[str]) -> bool:
    """Whether the first line holds a word and is no line of a reply text."""
    first = next((line for line in words.splitlines() if line.strip()), "")
    own = fold(first)
    return bool(own) and own not in {fold(line) for text in texts for line in text.splitlines()}


def begun(typed: str, text: str) -> str:
    """The message with a text in it: what was typed stays first, else the first line is empty."""
    return f"{typed.strip()}\n\n{text}" if typed.strip() else f"\n\n{text}"


# The shipped texts. Short, plain, warm; nothing is promised that a person has not decided.
SHIPPED: Texts = {
    "received": {
        "en": "We have received what you sent, and it is safe. A person will read it, and we will answer you here.",
        "az": "Göndərdiyinizi aldıq, o etibarlı şəkildə saxlanılır. Onu bir nəfər oxuyacaq və sizə burada cavab verəcəyik.",
        "ru": "Мы получили то, что вы прислали, и бережно это храним. Это прочтёт человек, и мы ответим вам здесь.",
        "tr": "Gönderdiğiniz bize ulaştı ve güvende. Onu bir kişi okuyacak ve size buradan yanıt vereceğiz.",
    },
    "name": {
        "en": "We have a question about a name. Is it written as it should stand on the page? Write it as you would "
        "have it written, in any letters you like.",
        "az": "Bir adla bağlı sualımız var. Ad səhifədə olmalı olduğu kimi yazılıbmı? Onu necə yazılmasını istəyirsinizsə, "
        "istədiyiniz əlifba ilə elə yazın.",
        "ru": "У нас вопрос об имени. Написано ли оно так, как должно стоять на странице? Напишите его так, как вам "
        "хотелось бы, любыми буквами.",
        "tr": "Bir adla ilgili sorumuz var. Ad sayfada durması gerektiği gibi mi yazılmış? Nasıl yazılmasını isterseniz, "
        "dilediğiniz harflerle öyle yazın.",
    },
    "may_we_show": {
        "en": "May we show this? You decide, and you can say no, or not yet. Without your yes we show nothing.",
        "az": "Bunu göstərə bilərikmi? Qərar sizindir: yox da, hələ yox da deyə bilərsiniz. Siz razılıq verməsəniz, heç nə "
        "göstərmirik.",
        "ru": "Можно ли нам это показать? Решаете вы; можно ответить «нет» или «пока нет». Без вашего согласия мы ничего "
        "не показываем.",
        "tr": "Bunu gösterebilir miyiz? Karar sizin; hayır ya da şimdilik hayır diyebilirsiniz. Siz izin vermeden hiçbir "
        "şey göstermeyiz.",
    },
    "ready": {
        "en": "It is ready. Look at it here as it would stand, and tell us whether it is right. Nothing is shown before you agree.",
        "az": "Hazırdır. Burada onun necə görünəcəyinə baxın və düzgün olub-olmadığını bizə deyin. Siz razılaşmadan heç nə "
        "göstərilmir.",
        "ru": "Всё готово. Посмотрите здесь, как это будет выглядеть, и скажите нам, всё ли верно. Пока вы не согласитесь, "
        "ничего не показывается.",
        "tr": "Hazır. Nasıl görüneceğine buradan bakın ve doğru olup olmadığını bize söyleyin. Siz onaylamadan hiçbir şey "
        "gösterilmez.",
    },
    "longer": {
        "en": "It takes longer than we thought, and we are sorry. Nothing is lost. You need not do anything.",
        "az": "Bu, düşündüyümüzdən çox vaxt aparır, üzr istəyirik. Heç nə itməyib. Sizin heç nə etməyinizə ehtiyac yoxdur.",
        "ru": "Это занимает больше времени, чем мы думали; просим прощения. Ничего не потеряно. От вас ничего не требуется.",
        "tr": "Düşündüğümüzden uzun sürüyor; özür dileriz. Hiçbir şey kaybolmadı. Sizin bir şey yapmanız gerekmiyor.",
    },
    "declined": {
        "en": "We cannot show this as it is. The reason stands above. What you sent stays yours: you can change it, write to us, "
        "or take it back.",
        "az": "Bunu olduğu kimi göstərə bilmirik. Səbəbi yuxarıda yazılıb. Göndərdiyiniz sizin olaraq qalır: onu dəyişə, bizə "
        "yaza və ya geri götürə bilərsiniz.",
        "ru": "Мы не можем показать это в таком виде. Причина указана выше. Присланное остаётся вашим: вы можете это изменить, "
        "написать нам или забрать обратно.",
        "tr": "Bunu bu hâliyle gösteremiyoruz. Nedeni yukarıda yazılı. Gönderdiğiniz sizin olarak kalır: değiştirebilir, bize "
        "yazabilir ya da geri alabilirsiniz.",
    },
    "thanks": {
        "en": "Thank you for trusting us with this.",
        "az": "Bunu bizə etibar etdiyiniz üçün təşəkkür edirik.",
        "ru": "Спасибо, что доверили это нам.",
        "tr": "Bunu bize emanet ettiğiniz için teşekkür ederiz.",
    },
}
KEYS = tuple(SHIPPED)
LANGUAGES = ("az", "en", "ru", "tr")
