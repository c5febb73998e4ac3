"""The lists of words that ship with the program, by what they hint at and by language. An archive edits them.

    SHIPPED["minors"]["ru"]            # phrases as domain/phrases.py reads them
    wrong_in(["by nature", "x"])       # what cannot be used, and why

Each is a place to begin for somebody who reads, never a verdict, and no list names a people, a faith or a
country. What an archive writes in place of a list is services/word_lists.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from memorial.domain.phrases import letters_in

DISTRESS, STREETS, LIVING, MINORS = "distress", "streets", "living", "minors"
NATURE, GRAPHIC, VIOLENCE = "nature", "graphic", "violence"
NAMES = (STREETS, LIVING, MINORS, GRAPHIC, VIOLENCE, NATURE, DISTRESS)
LANGUAGES = ("az", "en", "ru", "tr")

MOST_PHRASES = 500
LONGEST_PHRASE = 80
FEWEST_LETTERS = 2
FEWEST_OF_A_BEGINNING = 3  # "a*" would be found in every line

Lists = Mapping[str, Mapping[str, tuple[str, ...]]]

SHIPPED: Lists = {
    # Words of an address: they hint at one only beside a number of a house or a flat (domain/hint_contacts.py).
    STREETS: {
        "az": (
            "küç", "küçə*", "prospekt*", "pr", "döngə*", "mənzil", "məhəllə*", "ev", "bina", "blok", "massiv*",
        ),
        "en": ("street", "st", "avenue", "ave", "lane", "road", "rd", "apartment", "apt", "flat", "boulevard"),
        "ru": (
            "ул", "улиц*", "проспект*", "пр", "просп", "переул*", "пер", "кв", "квартир*", "дом", "корпус",
            "шоссе", "бульвар*",
        ),
        "tr": (
            "sokak", "sokağ*", "sok", "sk", "cadde*", "cad", "cd", "mahalle*", "mah", "daire", "apt", "bulvar*",
        ),
    },
    # Somebody who may be living: covered by a basis, masked or asked.
    LIVING: {
        "az": (
            "indi * yaşayır", "indi yaşayır", "hələ də yaşayır", "hazırda yaşayır", "hazırda * yaşayır",
            "bu gün * yaşayır", "sağdır", "hələ sağ*", "həyatdadır", "indi işləyir", "indi * işləyir",
        ),
        "en": (
            "still alive", "is alive", "are alive", "now lives", "now live", "still lives", "still live", "lives in",
            "lives with", "living in", "now works", "works as", "works in",
        ),
        "ru": (
            "сейчас живет", "сейчас живут", "сейчас * живет", "ныне живет", "до сих пор жив*", "живет в", "живут в",
            "проживает", "проживают", "жив и здоров*", "живы и здоровы", "сейчас работает", "работает в",
        ),
        "tr": (
            "hala hayatta*", "hayatta olan*", "şimdi * yaşıyor", "şu anda * yaşıyor", "halen * yaşıyor", "halen yaşıyor",
            "şimdi yaşıyor", "hala yaşıyor", "ikamet ediyor", "şimdi * çalışıyor", "halen çalışıyor",
        ),
    },
    # Children. `#` counts for an age below 18, or a year of birth that makes somebody younger than that.
    MINORS: {
        "az": (
            "# yaş*", "# aylıq", "# illik uşaq", "oğlum #", "qızım #", "oğlu #", "qızı #", "nəvəm #", "nəvəsi #", "uşaq #",
            "# təvəllüd*", "# il təvəllüd*", "# cı il təvəllüd*", "# ci il təvəllüd*", "# cü il təvəllüd*",
            "# cu il təvəllüd*", "azyaşlı*", "yetkinlik yaşına çatma*", "südəmər*", "körpə*", "çağa", "çağas*",
            "uşaq bağça*", "məktəbli*", "şagird*", "balaca qız*", "balaca oğ*", "kiçik qız*", "kiçik oğ*",
        ),
        "en": (
            "# year* old", "# years of age", "# month* old", "aged #", "age of #", "age #", "son #", "daughter #",
            "boy #", "girl #", "child #", "grandson #", "granddaughter #", "nephew #", "niece #", "brother #", "sister #",
            "born in #", "underage", "baby", "babies", "infant", "infants", "newborn*", "toddler*", "schoolboy*", "schoolgirl*",
            "kindergarten*", "little boy*", "little girl*", "little son*", "little daughter*",
        ),
        "ru": (
            "# летн*", "# месячн*", "было # лет", "было # год*", "было всего # лет", "исполнилось # лет",
            "исполнилось # год*", "в возрасте # лет", "в возрасте # год*", "сын* #", "дочь #", "дочери #", "дочке #", "дочка #",
            "внук* #", "внучк* #", "мальчик* #", "девочк* #", "# года рождения", "# г рождения", "# г р", "несовершеннолетн*",
            "малолетн*", "младенец", "младенц*", "новорожденн*", "грудн* ребен*", "школьник*", "школьниц*", "детск* сад*",
        ),
        "tr": (
            "# yaş*", "# aylık", "oğlum #", "kızım #", "oğlu #", "kızı #", "torunum #", "torunu #", "çocuk #", "# doğumlu",
            "reşit olmayan*", "bebek", "bebeğ*", "bebekle*", "yenidoğan*", "küçük kız*", "küçük oğ*", "ilkokul*", "anaokul*",
        ),
    },
    # What a reader should be told of beforehand, with where it stands.
    GRAPHIC: {
        "az": (
            "meyit*", "cəsəd*", "başını kəs*", "başı kəsil*", "gözlərini çıxar*", "gözünü çıxar*", "gözləri çıxarıl*",
            "diri diri yandır*", "işgəncə*", "dərisini soy*", "qulağını kəs*", "qulaqları kəsil*", "qarnını yar*",
            "tikə tikə", "yandırılmış", "qan içində", "süngü*",
        ),
        "en": (
            "corpse*", "dead bod*", "beheaded", "beheading*", "decapitat*", "scalp*", "mutilat*", "dismember*", "severed",
            "gouged", "burned alive", "burnt alive", "burned to death", "tortur*", "disembowel*", "entrails", "throat* cut",
            "slit * throat*", "skinned", "bayonet*", "pool of blood", "covered in blood", "blown apart",
        ),
        "ru": (
            "труп", "трупа", "трупов", "трупы", "трупами", "отрезан* голов*", "отрезал* голов*", "отрезан* уш*", "отрубл*",
            "обезглав*", "скальп*", "изувечен*", "изуродован*", "расчлен*", "заживо сож*", "сожж* заживо", "пытки", "пыток",
            "пытали", "под пытк*", "выкол* глаз*", "вспорот*", "внутренност*", "в луже крови", "штык*", "содран* кож*",
        ),
        "tr": (
            "ceset*", "cesed*", "başı kesil*", "başını kes*", "kafası kesil*", "kafasını kes*", "gözleri oyul*",
            "gözlerini oy*", "diri diri yak*", "işkence*", "parçalanmış", "derisi yüzül*", "kulağı kesil*", "kulakları kesil*",
            "kan içinde", "süngü*", "yakılmış",
        ),
    },
    # Accounts of sexual violence: read by somebody trained for them.
    VIOLENCE: {
        "az": (
            "zorladı*", "zorlayıb*", "zorlan*", "zorlanmış*", "cinsi zorak*", "cinsi təcavüz*", "təcavüzə məruz", "təcavüz edi*",
            "namusuna toxun*", "namusunu", "ismətinə", "soyundur*",
        ),
        "en": (
            "rape", "raped", "rapes", "raping", "rapist*", "sexual violence", "sexual* assault*", "sexual* abus*", "molest*",
            "violated her", "violated them", "stripped naked", "forced to undress", "sexual slavery",
        ),
        "ru": (
            "изнасил*", "насиловал*", "насилуют", "сексуальн* насил*", "надругал*", "надругательств*", "обесчест*",
            "домогал*", "раздели догола", "раздевали догола",
        ),
        "tr": (
            "tecavüz*", "ırzına geç*", "cinsel saldırı*", "cinsel şiddet*", "cinsel istismar*", "cinsel taciz*",
            "namusuna", "çırılçıplak soy*",
        ),
    },
    # Words that speak of what a people is and not of who did what. General turns of speech alone: whoever is
    # spoken of, and whether it is said or quoted, a person reads.
    NATURE: {
        "az": (
            "hamısı eyni*", "hamısı belə*", "bütün * belədir", "bütün * eynidir",
            "təbiətcə", "təbiətən", "təbiətində var", "təbiətlərində var", "xisləti*", "xislətində*", "qanında var",
            "qanındadır", "qanlarında var", "qanlarındadır", "genində var", "genlərində var", "genlərindədir",
            "bu cür millət*", "onlara xasdır", "onlar üçün xarakterik*", "həşərat*", "parazit*", "insan deyil*",
            "insana oxşamır*", "vəhşi xalq*", "vəhşi millət*", "cinsi pozuq", "nəsli pozuq",
        ),
        "en": (
            "all * are", "all of them are", "they are all the same", "they are always", "by nature", "by their nature",
            "by their very nature", "in their nature", "in their blood", "in their genes", "in their dna",
            "typical of them", "typical of these", "typical of those", "typical of that", "typical of the", "people like them",
            "people like that", "that kind of people", "that sort of people", "never trust a", "bad blood", "inferior blood",
            "that breed", "their breed", "this breed", "half breed*", "vermin", "subhuman*", "sub human*", "not human",
            "cockroach*", "parasite*", "savages", "barbaric people", "born killer*", "born liar*", "born thie*",
        ),
        "ru": (
            "все * одинаков*", "все * такие", "они все такие", "они все одинаков*", "все они звер*", "по природе", "по своей природе",
            "по натуре", "от природы", "у них в крови", "в их крови", "это в крови", "у них в генах", "в их генах",
            "заложено в генах", "типично для них", "типичн* для эт*", "свойственно им", "им свойственно", "такая порода",
            "такой породы", "их порода", "их породы", "это племя", "их племя", "отродье", "отродья", "нелюд*", "недочеловек*",
            "не люди а", "нечисть", "паразит*", "тараканы", "дикари", "дикий народ", "что за народ", "такой народ",
        ),
        "tr": (
            "hepsi aynı*", "hepsi böyle*", "bütün * böyle*", "bütün * aynı*", "doğaları gereği",
            "doğası gereği", "doğalarında var", "doğasında var", "yaradılış*", "fıtrat*", "kanlarında var", "kanında var",
            "genlerinde var", "onlara özgü*", "tipik bir", "cibilliyet*", "soyu bozuk", "kanı bozuk", "sütü bozuk", "haşere*",
            "haşarat*", "asalak*", "parazit*", "insan değil*", "insan müsvedde*", "hamam böceğ*", "barbar millet*",
        ),
    },
    # Harm to oneself: what is sent is put before a person first (services/distress.py).
    DISTRESS: {
        "az": (
            "özümü öldür*", "özümü as*", "özümə qəsd", "canıma qəsd", "intihar*", "yaşamaq istəmirəm", "ölmək istəyirəm",
            "həyatıma son", "yaşamağın mənası yoxdur", "daha yaşaya bilmirəm", "ölsəm yaxşıdır", "kaş öləydim",
        ),
        "en": (
            "kill myself", "killing myself", "end my life", "ending my life", "take my own life", "suicid*", "hurt myself",
            "harm myself", "hang myself", "want to die", "wish i was dead", "wish i were dead", "do not want to live",
            "dont want to live", "cannot go on living", "cant go on living", "no reason to live",
        ),
        "ru": (
            "убью себя", "убить себя", "покончу с собой", "покончить с собой", "покончить с жизнью", "самоубийств*",
            "суицид*", "не хочу жить", "не хочется жить", "хочу умереть", "повешусь", "повеситься", "незачем жить",
            "не могу больше жить", "наложить на себя руки", "лучше бы я умер*",
        ),
        "tr": (
            "kendimi öldür*", "kendimi as*", "canıma kıy*", "intihar*", "yaşamak istemiyorum", "ölmek istiyorum",
            "hayatıma son", "yaşamanın anlamı yok", "keşke ölsem", "keşke ölseydim", "artık yaşayamıyorum",
            "kendime zarar",
        ),
    },
}  # fmt: skip


def wrong_in(listed: Iterable[str]) -> tuple[str, str]:
    """The first phrase that cannot be used, and why; ("", "") where all can."""
    phrases = list(listed)
    if len(phrases) > MOST_PHRASES:
        return "", "too_many_phrases"
    for phrase in phrases:
        if len(phrase) > LONGEST_PHRASE:
            return phrase, "phrase_too_long"
        if letters_in(phrase) < (FEWEST_OF_A_BEGINNING if "*" in phrase else FEWEST_LETTERS):
            return phrase, "phrase_too_short"
    return "", ""


def tidied(typed: str) -> tuple[str, ...]:
    """A phrase a line: without spaces around it, empty lines and repetitions."""
    lines = (" ".join(line.split()) for line in typed.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
