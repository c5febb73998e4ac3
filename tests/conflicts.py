"""The table "Conflicts found" of the collection's README: each matter, its versions, and where a visitor looks.

A version is two patterns over the plain words of one block of a page: what is said, and by whom. `about` names
the pages by their heads; no page is known by its address. tests/test_conflicts_visible.py asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.pages import Block, Page
from tests.published import Published

BOOKLET = r"\bbooklet\b|Justice for Khojaly|seed 000"
HASANOV = r"Hasanov|seed 001"
LETTER = r"Yashar Aliyev|Permanent Representative|seed 002"
WIKI = r"\bwiki\b|seed 003"
WEB_PAGE = r"memorial web page|web page without a title|seed 004"
HRW = r"Human Rights Watch|Helsinki Watch"
MAYOR = r"\bmayor\b"
# The states that the booklet lists, by a word in the head of each document's page, and the lines of its list.
THIRTEEN = (
    r"Massachusetts", r"Texas", r"19th anniversary of the Khojaly Tragedy", r"20th anniversary of the Khojaly Massacre",
    r"Maine", r"New Mexico|twentieth anniversary of the khojaly tragedy", r"Arkansas", r"Oklahoma", r"Indiana",
    r"Pennsylvania", r"twenty-first anniversary of the Khojaly Tragedy|Tennessee", r"West Virginia", r"Connecticut",
)  # fmt: skip
LISTED = r"lines? 10(8[7-9]|9[0-4])\b"
OWN_WORDS = r"words of the document|document's own words"


@dataclass(frozen=True)
class Version:
    """What is said, and by whom: patterns over the plain words of one block."""

    words: str
    by: str

    def stands_in(self, block: Block) -> bool:
        return bool(re.search(self.words, block.text, re.I) and re.search(self.by, block.text, re.I))

    def __str__(self) -> str:
        return f"/{self.words}/ by /{self.by}/"


@dataclass(frozen=True)
class Question:
    """What is disagreed about, the versions, and where a visitor looks: by the heading of a page.

    `apart` where the versions count different things and may have a page each.
    """

    about: str
    versions: tuple[Version, ...]
    apart: bool = False

    def pages(self, published: Published) -> Iterator[Page]:
        """In any list of records a matter is named in the very block; elsewhere the page is about it."""
        for page in published.pages.values():
            if page.status == 200 and re.search(self.about, _head(page), re.I):
                yield page


def _head(page: Page) -> str:
    """Its heading, and what stands over and under that."""
    return " ".join([page.heading, *(block.text for block in page.blocks if block.tag == "header")])


def about(heading: str, *versions: tuple[str, str], apart: bool = False) -> Question:
    return Question(heading, tuple(Version(*each) for each in versions), apart)


MATTERS: dict[str, tuple[Question, ...]] = {
    "Killed, total": (
        about(
            r"people were killed|^killed",
            (r"\b613\b", r"the campaign booklet"),
            (r"\b613 people", HASANOV),
            (r"\b613\b", LETTER),
            (r"\b613\b", r"Коммерсантъ|Kommersant"),
            (r"\b613\b", WEB_PAGE),
            (r"\b161 ?- ?613\b", WIKI),
            (r"at least 161\b", HRW),
            (r"at least 200\b", HRW),
            (r"widely accepted that 200\b|\b200\b.*widely accepted", HRW),
            (r"\b500 ?- ?1000\b", HRW),
            (r"closer to\b.*\b161\b", r"Armenian sources"),
            (r"\b(2|two)\b.*28 February 1992", r"Armenian officials"),
            (r"\b100\b.*28 February 1992", r"officials in Baku"),
            (r"up to 500\b.*28 February 1992", r"refugees"),
            (r"more than 450\b.*1 March 1992", r"survivors"),
            (r"\b1000\b.*March 1992", r"Azerbaijani officials"),
            (r"\b1000\b.*March 1992", MAYOR),
            (r"more than 1000\b.*March 1992", r"Rashid Mamedov"),
            (r"more than 1000\b.*March 1992", r"Azerbaijan, as reported"),
            (r"\b1000\b.*den(ied|ies|ials)|den(ied|ies|ials).*\b1000\b", r"Republic of Armenia"),
            (r"\b1324\b", r"\bTime\b"),
            (r"about 600\b", r"The Independent"),
            (r"at least 600\b", r"Rasulov.*The Independent"),
            (r"nearly 700\b", r"Ministry of Defence.*The Independent"),
            (r"\b160 ?- ?1000\b", r"Arkansas"),
            (r"\b160 ?- ?1000\b", r"West Virginia"),
        ),
    ),
    "Who the 613 were": (
        about(
            r"people were killed|^killed",
            (r"613 of its people", BOOKLET),
            (r"613 people", HASANOV),
            (r"613 people", WEB_PAGE),
            (r"613 civilians", LETTER),
            (r"613 civilians", WIKI),
            (r"613 civilians were tortured", r"Georgia"),
        ),
    ),
    "Children killed": (
        about(
            r"children were killed",
            (r"\b63\b", r"the campaign booklet"),
            (r"\b63\b", HASANOV),
            (r"\b63\b", LETTER),
            (r"\b63\b", WEB_PAGE),
            (r"\b63\b", r"Georgia"),
            (r"\b83\b", WIKI),
        ),
    ),
    "Wounded": (
        about(
            r"people were wounded|were wounded or disabled|^wounded",
            (r"\b487\b", r"the campaign booklet"),
            (r"\b487\b", WEB_PAGE),
            (r"\b487\b", r"Коммерсантъ|Kommersant"),
            (r"\b487\b.*became disabled", HASANOV),
            (r"\b1000\b", LETTER),
            (r"\b200\b.*3 March 1992", MAYOR),
            (r"over 1000\b.*disabled", r"New Jersey"),
            (r"\b1000\b.*permanent health damage", r"Georgia"),
        ),
        about(
            r"children were wounded|children became disabled|were wounded or disabled",
            (r"\b76\b", r"the campaign booklet"),
            (r"\b76\b", WEB_PAGE),
            (r"\b76\b", HASANOV),
            apart=True,  # the wounded and the disabled are counted on two pages; Kommersant's words have no 76
        ),
    ),
    "Hostages": (
        about(
            r"hostage",
            (r"\b1275\b", r"the campaign booklet"),
            (r"\b1275\b", HASANOV),
            (r"\b1275\b", LETTER),
            (r"\b1275\b", WEB_PAGE),
            (r"\b1275\b", r"Georgia"),
            (r"\b300\b.*3 March 1992", MAYOR),
            (r"over 1200\b", r"New Jersey"),
            (r"more than 1200\b", r"New Mexico"),
            (r"more than 1200\b", r"Tennessee"),
            (r"1275 imprisoned", r"Коммерсантъ|Kommersant"),
        ),
        about(r"released", (r"\b1165\b", HASANOV), (r"over 700\b.*28 March 1992", r"Memorial")),
    ),
    "Missing": (
        about(
            r"are missing|^missing",
            (r"\b150\b", r"the campaign booklet"),
            (r"\b150\b", HASANOV),
            (r"\b150\b", LETTER),
            (r"\b150\b", WEB_PAGE),
            (r"\b150\b", r"Коммерсантъ|Kommersant"),
            (r"\b2000\b.*1 March 1992", r"survivors"),
            (r"\b200\b", MAYOR),
            (r"hundreds, possibly thousands", r"survivors"),
        ),
    ),
    "Population": (
        about(
            r"people lived in the town|inhabitants of the town|population",
            (r"\b7000\b.*before the conflict|before the conflict.*\b7000\b", BOOKLET),
            (r"\b7000\b", LETTER),
            (r"\b7000\b", WEB_PAGE),
            (r"more than 7000\b", HASANOV),
            (r"\b2135\b.*\b1988\b|\b1988\b.*\b2135\b", WIKI),
            (r"about 6000\b.*\b1991\b", WIKI),
            (r"\b6000\b", r"The Washington Post"),
            (r"\b6000\b", r"The Age"),
            (r"\b10000\b", r"The Washington Times"),
        ),
    ),
    "Present at the attack": (
        about(
            r"in the town at the time|present at the attack|at the attack",
            (r"about 2500\b", BOOKLET),
            (r"\b3000\b.*unarmed civilians", HASANOV),
            (r"\b2000 ?(-|to) ?3000\b", r"Sadikov"),
        ),
    ),
    "Bodies examined": (
        about(
            r"bodies were examined",
            (r"\b184\b", r"Youssifov.*The Independent"),
            (r"\b181\b.*130 male and 51 female", r"Memorial"),
            (r"\b181\b", r"Memorial, as quoted by Ali Hasanov"),
        ),
        about(r"died of cold|exposure", (r"\b3\b.*exposure", r"Youssifov.*The Independent")),
        about(r"gunshot", (r"\b151\b", r"Youssifov"), (r"\b151\b", r"Memorial")),
        about(r"shrapnel", (r"\b20\b", r"Youssifov"), (r"\b20\b", r"Memorial")),
        about(r"blows|blunt", (r"\b10\b", r"Youssifov"), (r"\b10\b.*blunt", r"Memorial")),
    ),
    "317 or 335 against 613": (about(r"killed, by place|by place", (r"\b317\b.*\b335\b.*\b613\b", HASANOV)),),
    "Town area": (
        about(r"how large|area", (r"\b0[.,]94\b", r"the campaign booklet"), (r"926 sq", HASANOV)),
    ),
    "Helicopter": (
        about(
            r"helicopter is shot down|helicopter that was shot",
            (r"undated.*over Shusha.*\b40\b|\b40\b.*undated.*Shusha", BOOKLET),
            (r"28 January 1992.*over Khalfali.*\b41 passengers and three crew|44\b.*41.*three crew.*Khalfali", HASANOV),
        ),
    ),
    "Electricity": (
        about(
            r"electricity",
            (r"from January 1992", BOOKLET),
            (r"\b2 January 1992", HASANOV),
            (r"several months", WIKI),
            (r"more than a month", r"Sadikov"),
        ),
    ),
    "Who fired on the columns; the corridor": (
        about(
            r"who fired",
            (r"fugitives fell into ambushes|refugees in both groups were fired upon", r"Memorial"),
            (r"direct responsibility for the civilian deaths", HRW),
            (r"reports available from independent sources indicate", r"European Court of Human Rights"),
            (r"on each occasion the fire was opened first from the Armenian side", r"refugees"),
            (r"prevention of the evacuation.*by Azerbaijani forces", r"the Armenian side, officially"),
            (r"armed people fleeing together with the refugees", r"representatives of the NKR"),
            (r"\"organized\" by his political opponents", r"Mutalibov"),
            (r"blatant misinterpretation of his words", r"Mutalibov"),
            (r"had not opened fire on them", r"Fatullayev"),
            (r"merely conveyed the statements of a local Armenian", r"Fatullayev"),
            (r"defended his 2005 comments", r"Fatullayev"),
        ),
        about(
            r"come under fire",
            (r"prevented the evacuation", r"the Armenian side, officially"),
            (r"drew return fire", r"NKR representatives and Armenian fighters"),
            (r"opened first from the Armenian side", r"refugees, in Memorial's report"),
            (r"no evidence that Azerbaijani forces", HRW),
            (r"indiscriminately directed their fire", HRW),
            (r"National Front led part of the refugees", r"Fatullayev"),
            (r"killing by Armenian fighters during attempted flight", r"European Court of Human Rights"),
        ),
        about(
            r"corridor",
            (r"loudspeakers", r"officials of the NKR"),
            (r"not a single copy of such a leaflet", r"Memorial"),
            (r"had not heard about such leaflets", r"refugees"),
            (r"cleansing the town of its population", r"Memorial"),
        ),
    ),
    "The 366th regiment": (
        about(
            r"366th regiment$|role of the 366th|attacked and taken",
            (r"direct participation of servicemen of.*366|366.*direct participation", LETTER),
            (r"some (military )?personnel of the 366th.*took part", r"Krasnaya Zvezda"),
            (r"despite categorical orders", r"Krasnaya Zvezda"),
            (r"not involved in military operations", r"Ter-Petrosyan"),
            (r"apparently not acting on orders", WIKI),
        ),
        # What the booklet says of it in its own words is in no object; what it prints of Kommersant is.
        about(r"", (r"366th.*took part in the attack", r"Коммерсантъ|Kommersant")),
        about(r"", (r"servicemen of the 366th", HASANOV)),
        about(r"", (r"366th Division", r"Washington Post"), (r"366th Division", r"Mutif")),
    ),
    "Mutilation and footage": (
        about(
            r"mutilation",
            (r"traces of profanation.*scalped", r"Memorial"),
            (r"did not see there the signs of mutilation", r"Mazalova"),
            (r"presents pictures of victims of other wars", r"Armenian news agencies"),
            (r"images of victims of the Khojaly massacre", r"Azerbaijani mass media"),
        ),
        about(
            r"filmed|footage",
            (r"\b33 of 184\b.*mutilation|mutilation.*\b33\b", r"Youssifov"),
            (r"no signs of mutilation|did not see there the signs of mutilation", r"Mazalova"),
        ),
        about(
            r"",
            (r"four mutilated corpses", r"Womack"),
            (r"terrible head injuries", r"Lieven"),
            (r"faces mutilated", r"Newsweek"),
            apart=True,  # reporters, each in a newspaper of their own
        ),
    ),
    "Death of Chingiz Mustafayev": (
        about(
            r"death of Chingiz|Chingiz Mustafayev",
            (r"killed very suspiciously", r"Committee to Protect Journalists"),
            (r"fatally wounded while filming an exchange of fire", r"his brother|Vahid Mustafayev"),
        ),
    ),
    "The Age or The Independent": (
        about(
            r"The Age|The Independent",
            (r"by Armenian Army", r"The Age"),
            (r"by the Armenian Army", r"The Age|seed 002"),
            (r"by Armenian fighters", r"The Independent"),
        ),
    ),
    "Le Monde": (
        about(
            r"Le Monde",
            (r"women and three children, scalped", r"Le Monde"),
            (r"the women and three scalped children", r"Le Monde"),
        ),
    ),
    "Sunday Times, 1 March": (
        about(
            r"Sunday Times|hundreds of fleeing families|other accounts",
            (r"her husband, brother-in-law,", r"Hasanov|seed 001|001"),
            (r"her husband, Kayun, and a son-in-law", r"Goltz|Sunday Times"),
            (r"Rasia Aslanova", r"Sunday Times"),
            (r"Razia Aslanova", r"Hasanov|Sunday Times"),
            (r"Raisa Aslanova|\"Raisa\"", r"Washington Post|press-001|Goltz"),
        ),
    ),
    "Mayor of Khojaly": (
        about(
            r"",
            (r"Elman Memmedov", r"The Independent"),
            (r"Elmar Mamedov", r"Boston Globe"),
        ),
        about(r"", (r"Elmar Mamedov", WIKI), (r"E\. ?Mamedov", WIKI), apart=True),
    ),
    "Colombia Senate": (about(r"Senate.*Colombia|Colombia.*Senate", (r"22 April 2012", BOOKLET), (r"23 April 2012", HASANOV)),),
    "Mexico": (
        about(
            r"Mexic",
            (r"Senate.*8 December 2011.*genocide|8 December 2011.*Senate.*genocide", BOOKLET),
            (r"Chamber of Deputies.*20 December 2011.*massacre", HASANOV),
        ),
        about(r"Mexic", (r"two documents of two chambers|perhaps two documents", r"the two seeds|booklet|sources")),
    ),
    "Panama": (
        about(
            r"Panama",
            (r"\b7 August 2013", BOOKLET),
            (r"\b13 August, no year|\b13 August\b.*year", HASANOV),
            (r"occupation of Azerbaijani territory by Armenian forces", r""),  # the title of the page itself
            (r"occupation of the Azerbaijani territories by the Armenian armed forces", HASANOV),
        ),
    ),
    "Pakistan 2012": (
        about(
            r"Senate of Pakistan|Pakistan",
            (r"adopted by the Foreign Relations Committee of the Senate", BOOKLET),
            (r"adopted by the Senate of Pakistan", HASANOV),
        ),
    ),
    "Sudan": (about(r"Sudan", (r"Statement on the Khojaly killings", BOOKLET), (r"adopted a resolution", HASANOV)),),
    "Bosnia and Herzegovina": (
        about(
            r"Bosnia",
            (r"House of Representatives", BOOKLET),
            (r"House of Peoples", HASANOV),
            (r"Respecting and supporting sovereignty", r""),  # the title of the page itself
            (r"On recognition and respect for sovereignty", HASANOV),
            (r"crime against humanity", OWN_WORDS),
            (r"Khojaly genocide\"", HASANOV),
        ),
    ),
    "Romania": (
        about(
            r"Romania",
            (r"political statement of one party group", HASANOV),
            (r"adopted parliamentary resolutions", BOOKLET),
            (r"recognized the Khojaly genocide", WEB_PAGE),
        ),
    ),
    "Serbia; Florida": (
        about(
            r"Serbia",
            (r"seed 004 only|listed in .* only", WEB_PAGE),
            (r"not in the booklet's list", BOOKLET),
            (r"not named", HASANOV),
        ),
        about(r"Florida", (r"seed 004 only|listed in .* only", WEB_PAGE), (r"not named", HASANOV)),
    ),
    "OIC, Djibouti": (
        about(
            r"Djibouti|Council of Foreign Ministers of the OIC, 39th",
            (r"20 November 2012", BOOKLET),
            (r"15 ?- ?17 November 2012", HASANOV),
        ),
    ),
    "PUIC, Abu Dhabi 2011": (
        about(
            r"Abu Dhabi",
            (r"\"a mass crime against humanity\"", HASANOV),
            (r"act of genocide", r"New Jersey"),
            (r"13th session.*between the 6th.*7th", HASANOV),
        ),
    ),
    "US states, dates": (
        about(
            r"Texas",
            (r"\b3 March 2011", WIKI),
            (r"\b3 March 2011|03\.03\.2011", BOOKLET),
            (r"\b11 June 2011", HASANOV),
        ),
        about(
            r"New Jersey|19th anniversary of the Khojaly Tragedy",
            (r"25 February 2011", WIKI),
            (r"22 February 2012", HASANOV),
            (r"25 February 2012", BOOKLET),
        ),
        about(
            r"Georgia|20th anniversary of the Khojaly Massacre",
            (r"22 February 2012", HASANOV),
            (r"24 February 2012", BOOKLET),
            (r"24 February 2012", WIKI),
        ),
        about(
            r"Maine",
            (r"13 March 2012", BOOKLET),
            (r"23 March 2012", HASANOV),
            (r"23 March 2012", WIKI),
        ),
        about(r"Oklahoma", (r"20 February 2013", BOOKLET), (r"\b4 March", HASANOV)),
        about(r"Indiana", (r"\b8 March", HASANOV), (r"\b3 March 2014", BOOKLET)),
        about(r"Pennsylvania", (r"18 March", HASANOV), (r"20 March 2013", BOOKLET)),
        about(r"Tennessee", (r"18 March", HASANOV), (r"19 March 2013", BOOKLET)),
        about(r"Connecticut", (r"16\.04\.20313", BOOKLET), (r"\b3 May", HASANOV)),
    ),
    "US states, number": (
        *(about(state, (LISTED, BOOKLET)) for state in THIRTEEN),
        about(
            r"Florida",
            (r"total of 21 states counts 20 names", HASANOV),
            (r"seed 004 only|listed in .* only", WEB_PAGE),
        ),
        about(
            r"Idaho",
            (r"named in", HASANOV),
            (r"not in .*list of 20 states", WEB_PAGE),
        ),
    ),
    "Terms": (
        about(
            r"Massachusetts",
            (r"documents recognising and commemorating the Khojaly Genocide", BOOKLET),
            (r"a citation signed by the Speaker", WIKI),
            (r"adopted a resolution", HASANOV),
            (r"commemoration of the Khojaly Massacre", r"words of the document|document's own words"),
        ),
        about(
            r"names of the event|words we use|name of the event",
            (r"Khojaly Massacre", r"Arkansas"),
            (r"Khojaly Tragedy", r"New Jersey"),
            (r"Khojaly Genocide.*Also \"Khojaly Genocide\"", r"booklet|seeds? 000"),
        ),
    ),
    "Lidice": (
        about(
            r"Lidice",
            (r"planned|would become sister cities", r"Azeri-Czech Society|Czech society"),
            (r"never (been )?sister cities.*(no such street|no street)", r"mayor of Lidice"),
        ),
    ),
}  # fmt: skip
