"""Lines of a translation stand beside what they translate."""

from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.aligning import beside
from memorial.domain.voices import Line


def lines(*times: tuple[int, int], first: int = 1) -> list[Line]:
    return [Line(number, *each, "") for number, each in enumerate(times, first)]


def numbers(found) -> list[list[int]]:
    return [[line.number for line in each] for each in found]


def test_lines_of_one_number_stand_together_whatever_their_times():
    original = lines((0, 10), (10, 20), (20, 30))
    translated = [Line(3, 0, 10, ""), Line(1, 10, 20, "")]
    assert numbers(beside(original, translated)) == [[1], [], [3]]


def test_a_file_with_numbers_of_its_own_stands_where_most_of_its_time_is():
    original = lines((0, 1000), (1000, 2000), (2000, 9000))
    translated = lines((0, 1700), (1700, 2100), (2100, 8000), first=50)
    assert numbers(beside(original, translated)) == [[50], [51], [52]]


def test_a_line_in_a_pause_stands_with_what_was_said_before_it():
    original = lines((0, 1000), (5000, 6000), (9000, 9500))
    assert numbers(beside(original, lines((2000, 3000), (7000, 7500), first=50))) == [[50], [51], []]
    assert numbers(beside(lines((500, 600), (700, 800)), lines((0, 100), first=9))) == [[9], []]


def test_nothing_stands_beside_nothing():
    assert beside([], lines((0, 1), first=9)) == []
    assert numbers(beside(lines((0, 1), (1, 2)), [])) == [[], []]


spans = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60)), max_size=30).map(
    lambda given: sorted((begin, begin + length) for begin, length in given)
)


@given(spans.filter(bool), spans)
def test_no_line_is_lost_or_stands_twice_and_their_order_stays(original, translated):
    found = numbers(beside(lines(*original), lines(*translated, first=1000)))
    assert len(found) == len(original)
    assert [each for several in found for each in several] == list(range(1000, 1000 + len(translated)))
