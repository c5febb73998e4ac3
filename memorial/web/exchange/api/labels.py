"""Set words in the language that was asked for, beside the keys that programs compare: what `labels` of an answer hold.

They are the words of the pages, from the same macros; whatever is no set word stands as its source has it, and only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app

from memorial.domain.views import Assertion, Entry, QuestionView, RecordView, SourceView
from memorial.web.context import language
from memorial.web.templating import titled
from memorial.web.when import in_words

# (kind, field of `detail`): file and macro of templates/_parts.
DETAILS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("document", "form"): ("coded", "document_kind"),
    ("document", "scope"): ("coded", "scope_label"),
    ("document", "term_basis"): ("coded", "basis_label"),
    ("press", "form"): ("labels", "form_label"),
    ("press", "medium"): ("coded", "medium_label"),
    ("testimony", "stood"): ("labels", "stood_label"),
}


def _macro(file: str, name: str, words: str) -> str:
    module: Any = current_app.jinja_env.get_template(f"_parts/{file}.html").module
    return str(getattr(module, name)(words).unescape()).strip()


def _there(**labels: Any) -> dict[str, Any]:
    return {name: said for name, said in labels.items() if said}


def of_entry(entry: Entry) -> dict[str, Any]:
    title = titled(language(), entry.title) if entry.kind == "question" else ""
    return _there(
        kind=_macro("labels", "kind_label", entry.kind), when=in_words(entry.when, language()), title=title
    )


def of_record(record: RecordView) -> dict[str, Any]:
    detail = {
        name: _macro(*DETAILS[record.kind, name], words)
        for name, words in record.detail.items()
        if words and (record.kind, name) in DETAILS
    }
    said = [*record.statements, *record.supports, *record.told]
    return _there(
        kind=_macro("labels", "kind_label", record.kind),
        when=in_words(record.when, language()),
        detail=_there(**detail),
        properties=_properties(said),
    )


def of_question(question: QuestionView) -> dict[str, Any]:
    return _there(title=titled(language(), question.title), properties=_properties(question.statements))


def of_work(work: SourceView) -> dict[str, Any]:
    kind = work.fields.get("genre") or work.fields.get("type", "").replace("_", " ")
    return _there(
        kind=_macro("coded", "work_kind", kind),
        when=in_words(work.when, language()),
        properties=_properties([*work.statements, *work.also]),
    )


def of_statement(said: Assertion) -> dict[str, Any]:
    return _there(
        properties=_properties([said]),
        said=in_words(said.said, language()),
        as_of=in_words(said.as_of, language()),
    )


def _properties(said: Iterable[Assertion]) -> dict[str, str]:
    keys = sorted({each.property for each in said})
    return _there(**{key: _macro("labels", "property_label", key) for key in keys})
