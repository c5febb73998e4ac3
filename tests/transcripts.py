"""Synthetic transcripts for tests of their formats: what a cue may hold, and files as strangers send them."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from memorial.domain.transcript import CONTROLS, Cue, Run, Transcript, Word, body, body_of
from memorial.domain.transcript import runs as runs_of

# Letters of the archive's languages, signs that mean something to some format, and an emoji.
SIGNS = "aəığşñчЁا1<>&;:-=[]{}()\\/\"'.,!?#*_|\u00a0\u200f🕊"
LIKE_MARKS = [
    "<b>",
    "</i>",
    "<v",
    "&amp;",
    "&lt",
    "-->",
    "--",
    "{\\an8}",
    "NOTE",
    "<00:01.000>",
    "WEBVTT",
    "]]>",
    "7",
]
word = st.one_of(st.text(SIGNS, min_size=1, max_size=6), st.sampled_from(LIKE_MARKS))
line = st.lists(word, min_size=1, max_size=4).map(" ".join)
words = st.lists(line, min_size=1, max_size=3).map("\n".join)
name = st.sampled_from(["Synthetic Narrator", "S. <N>", "ƏLİ & Co", "Nobody --", "von der Test"])
plain_body = words.map(body_of)
runs = st.builds(Run, words, st.booleans(), st.booleans(), st.sampled_from(["", "az", "ru", "en-GB"]))
marked_body = st.lists(runs, min_size=1, max_size=4).map(body)
styled_body = st.lists(st.builds(Run, words, st.booleans(), st.booleans()), min_size=1, max_size=4).map(body)
kinds = st.sampled_from(["verbatim", "edited", "summary", "translation", "audio_description"])
languages = st.sampled_from(["az", "ru", "tr", "en", "az-Arab"])


@st.composite
def cues(draw, bodies=marked_body, speakers=st.one_of(st.just(""), name)):
    """In order; they may overlap, as when two people speak at once."""
    begins = sorted(draw(st.lists(st.integers(0, 200_000), min_size=1, max_size=4)))
    lengths = st.integers(1, 100_000)
    return tuple(Cue(at, at + draw(lengths), draw(bodies), draw(speakers)) for at in begins)


def transcripts(found=None, kinds=kinds):
    return st.builds(Transcript, cues() if found is None else found, languages, kinds)


@st.composite
def with_words(draw):
    """A cue of two words or more, each with its times; pauses between them."""
    said = draw(st.lists(word, min_size=2, max_size=6))
    points = sorted(draw(st.sets(st.integers(1, 9_999), min_size=2 * len(said), max_size=2 * len(said))))
    if draw(st.booleans()):  # the first one begins with its cue
        points[0] = 0
    timed = [Word(w, points[2 * n], points[2 * n + 1]) for n, w in enumerate(said)]
    if draw(st.booleans()):  # no pauses
        timed = [Word(w.text, w.begin, n.begin) for w, n in itertools.pairwise(timed)] + timed[-1:]
    return Cue(0, 10_000, body_of(" ".join(said)), draw(name), tuple(timed))


def sound(transcript: Transcript) -> bool:
    """What every reader has to give, whatever it was given."""
    begins = [cue.begin for cue in transcript.cues]
    return begins == sorted(begins) and all(
        0 <= cue.begin <= cue.end
        and cue.body
        and cue.body == body(runs_of(cue.body))
        and not CONTROLS.search(cue.body + cue.speaker)
        for cue in transcript.cues
    )
