"""What is held of somebody, as a page for people: opens from a disk, asks for nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
    "<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}}"
    "dt{{font-weight:600}}dd{{margin:0 0 .5rem;white-space:pre-wrap;overflow-wrap:anywhere}}"
    "section{{border-top:1px solid}}</style></head>\n<body><h1>{title}</h1>\n<p>As of {at}. The same as data.json holds for "
    "programs; files as they were received lie beside it. Whoever has this file reads all of it: keep it as you would keep "
    "a letter.</p>\n{body}</body></html>\n"
)


def page(
    title: str,
    at: datetime,
    lists: Mapping[str, Sequence[Mapping[str, Any]]],
    files: Sequence[str],
    left_out: Sequence[str],
) -> str:
    sections = [_section(name, rows) for name, rows in lists.items()]
    sections.append(_list("Files", [Markup('<a href="{}">{}</a>').format(name, name) for name in files]))
    sections.append(_list("Not here", left_out))
    return str(_PAGE.format(title=title, at=f"{at:%Y-%m-%d %H:%M} UTC", body=Markup("\n").join(sections)))


def _section(name: str, rows: Sequence[Mapping[str, Any]]) -> Markup:
    body = Markup("\n").join(
        Markup("<dl>{}</dl>").format(
            Markup("").join(
                Markup("<dt>{}</dt><dd>{}</dd>").format(_words(key), _value(row[key])) for key in row
            )
        )
        for row in rows
    )
    return Markup("<section><h2>{}</h2>{}</section>").format(_words(name), body)


def _list(title: str, lines: Sequence[Any]) -> Markup:
    if not lines:
        return Markup("")
    body = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<section><h2>{}</h2><ul>{}</ul></section>").format(title, body)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
