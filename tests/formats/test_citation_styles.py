"""Five styles by citeproc-py, cured of what it does not know. Titles and names keep every letter."""

import subprocess
import sys

import pytest

from memorial.formats.citation_styles import FOLDER, STYLES, formatted

BY_NAME = {style.name: style for style in STYLES}
NEWS = {
    "id": "press-abc", "type": "article-newspaper", "title": "A raid leaves many dead or fleeing",
    "container-title": "The Test Times", "author": [{"literal": "Anna Testperson"}], "page": "A3",
    "issued": {"date-parts": [[1992, 3, 2]]}, "publisher-place": "Testville", "archive": "A Test Archive",
    "URL": "https://archive.example/en/press/abc", "accessed": {"date-parts": [[2026, 11, 28]]}, "language": "en",
}  # fmt: skip
BOOK = {
    "id": "source-abc", "type": "book", "title": "Black Garden?", "author": [{"family": "Testperson", "given": "A. B."}],
    "issued": {"date-parts": [[2003]]}, "publisher": "A House", "publisher-place": "Testville", "page": "170-172",
}  # fmt: skip


@pytest.mark.parametrize(
    ("style", "news", "book"),
    [
        (
            "chicago",
            "Anna Testperson, “A raid leaves many dead or fleeing,” <em>The Test Times</em> (Testville), March 2, 1992, "
            "A Test Archive, https://archive.example/en/press/abc.",
            "A. B. Testperson, <em>Black Garden?</em> (A House, 2003), 170–72.",
        ),
        (
            "apa",
            "Anna Testperson. (1992, March 2). A raid leaves many dead or fleeing. <em>The Test Times</em>, A3. "
            "A Test Archive. https://archive.example/en/press/abc",
            "Testperson, A. B. (2003). <em>Black Garden?</em> (pp. 170–172). A House.",
        ),
        (
            "mla",
            "Anna Testperson. “A raid leaves many dead or fleeing.” <em>The Test Times</em> [Testville], 2 Mar. 1992, "
            "A Test Archive, p. A3, https://archive.example/en/press/abc.",
            "Testperson, A. B. <em>Black Garden?</em> A House, 2003, pp. 170–72.",
        ),
        (
            "iso690",
            "Anna Testperson. A raid leaves many dead or fleeing. <em>The Test Times</em>. Online. Testville, "
            "2 March 1992. p. A3. [Accessed 28 November 2026]. Available from: "
            "https://archive.example/en/press/abc. A Test Archive",
            "TESTPERSON, A. B. <em>Black Garden?</em> Testville: A House, 2003.",
        ),
        (
            "gost",
            "Anna Testperson. A raid leaves many dead or fleeing // The Test Times. Testville, 1992-03-02. С. A3. "
            "URL: https://archive.example/en/press/abc (дата обращения: 28.11.2026).",
            "Testperson A. B. Black Garden? Testville: A House, 2003. С. 170–172.",
        ),
    ],
)  # fmt: skip
def test_a_newspaper_and_a_book_look_as_the_house_prints_them(style, news, book):
    assert " ".join(formatted(NEWS, BY_NAME[style]).split()) == news
    assert " ".join(formatted(BOOK, BY_NAME[style]).split()) == book


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("istanbul’da ılık ığdır ə", "istanbul’da ılık ığdır ə"),
        ("A <b>bold</b> & <script>x</script> title", "A &lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;x&lt;/script&gt; title"),
        ("a “quoted”, and . .. , word", "a “quoted”, and . .. , word"),
        ("«Ходжалы» (1992), Խոջալու", "«Ходжалы» (1992), Խոջալու"),
        ('<span class="nocase">x</span> of the AND', "&lt;span class=&quot;nocase&quot;&gt;x&lt;/span&gt; of the AND"),
        ("private \ue000 signs \ue100 \uf8ff", "private signs"),
    ],
)  # fmt: skip
def test_no_letter_of_a_title_is_changed_and_no_tag_of_it_works(style, title, shown):
    line = str(formatted({**NEWS, "title": title}, style)).replace("&#34;", "&quot;")
    assert shown in line
    assert "<b>" not in line
    assert "<script" not in line


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
@pytest.mark.parametrize(
    "item",
    [
        {"type": "document", "title": "Only a title"},
        {"type": "article-newspaper", "title": "Only a title", "container-title": "Only a title"},
        {"type": "broadcast", "title": "Only a title", "container-title": "Only a title", "issued": {"date-parts": [[1992]]}},
        {"type": "motion_picture", "title": "Only a title", "genre": "documentary"},
        {"type": "webpage", "title": "Only a title", "container-title": "An archive", "URL": "https://a.example/x"},
        {"type": "legislation", "title": "Only a title", "number": "5", "author": [{"literal": "A Senate"}]},
        {"type": "no-such-type", "title": "Only a title"},
        {"type": "report", "title": "Only a title", "issued": {"literal": "16.04.20313"}},
        {"type": "personal_communication", "title": "Only a title"},
    ],
    ids=lambda item: item["type"],
)  # fmt: skip
def test_what_is_not_known_leaves_neither_a_gap_nor_a_word_of_its_own(style, item):
    line = str(formatted({"id": "a", **item}, style))
    assert line.count("Only a title") == 1
    for left_over in ("dition", "Pub. L.", "..", " ,", "()", "[]", ",.", "None"):
        assert left_over not in line
    assert line[0] not in ".,/ "


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_span_and_an_uncertain_day_are_given_in_words_and_once(style):
    asked = []

    def in_words(edtf, language):
        asked.append(language)
        return f"SPAN {edtf}"

    span = {"date-parts": [[1991, 6], [1991, 12]], "raw": "1991-06/1991-12"}
    line = str(formatted({**NEWS, "issued": span}, style, in_words))
    assert line.count("SPAN 1991-06/1991-12") == 1
    assert set(asked) == {style.language[:2]}


def test_nothing_of_the_processor_is_loaded_before_somebody_asks():
    code = "import sys, memorial.formats.citation_styles as s; assert 'citeproc' not in sys.modules and 'lxml' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=FOLDER.parents[2])


def test_the_styles_stand_with_their_licence_and_their_authors():
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Attribution-ShareAlike 3.0" in (FOLDER / "LICENSE.txt").read_text(encoding="utf-8")
    for style in STYLES:
        assert f"`{style.file}`" in told
        assert "licenses/by-sa/3.0" in (FOLDER / style.file).read_text(encoding="utf-8")
