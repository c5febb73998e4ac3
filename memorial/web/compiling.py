"""How templates become Python: what is settled in a language stays text, and calls lead straight to their function.

One environment of these per language is made by memorial/web/templating.py.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import Template
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.nodes import Call, Expr, Name
from markupsafe import Markup, escape

SHORT = 200  # characters; a longer text is escaped faster than looked through
_NEEDS_ESCAPE = re.compile(r"""[&<>"']""").search


def inserted(value: Any) -> str:
    """A value as it stands in a page: markup as it is, all else escaped."""
    kind = type(value)
    if kind is Markup or (kind is str and len(value) < SHORT and not _NEEDS_ESCAPE(value)):
        return value  # type: ignore[no-any-return]
    return escape(value)


class Straight(CodeGenerator):
    """Two things that Jinja looks up anew at each call and each value, a few hundred times a page.

    No function of ours asks for Jinja's context, so that a call needs no detour through it; and what
    is put into a page becomes an object of its own only where something in it had to be escaped.
    """

    def visit_Call(self, node: Call, frame: Frame, forward_caller: bool = False) -> None:
        if (
            forward_caller
            or node.kwargs
            or node.dyn_args
            or node.dyn_kwargs
            or not isinstance(node.node, Name)
        ):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.inserted(")


class Templates(Environment):
    """Flask's, for templates that do not change while the program runs."""

    code_generator_class = Straight
    inserted = staticmethod(inserted)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known: dict[str, Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> dict[str, Any]:
        """One plain dictionary: Jinja's chain of two is asked name by name for each page."""
        return {**self.globals, **(d or {})}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        """Asked for at each import of macros, eight times a page; Jinja looks under a lock."""
        if name not in self.known:
            self.known[name] = super().get_template(name, parent, globals)
        return self.known[name]


class Settled(Extension):
    """Before a template is compiled for a language, what is already settled in it becomes plain text.

    `{{ _("People") }}`, `{{ address('/people') }}` and their like without variables are the
    same on every page of a language, and there are about a hundred on each.
    """

    _TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
    _WORDS = re.compile(r"""\b_\(("[^"%\\]*"|'[^'%\\]*')\)""")
    _CALL = re.compile(r"""\{\{ ?(_|address|static)\(("[^"{}%\\]*"|'[^'{}%\\]*')\) ?\}\}""")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        names = self.environment.globals
        if "lang" not in names:
            return source

        def settled(found: re.Match[str]) -> str:
            text = found[2][1:-1]
            if found[1] == "_":
                return str(names["words"].gettext(text))  # type: ignore[attr-defined]
            return str(names[found[1]](text))  # type: ignore[operator]

        def literal(found: re.Match[str]) -> str:
            """Within a longer expression: a string, where nothing in it would need escaping."""
            text = str(names["words"].gettext(found[1][1:-1]))  # type: ignore[attr-defined]
            return found[0] if _NOT_PLAIN.search(text) else f'"{text}"'

        source = self._CALL.sub(settled, source)
        return self._TAG.sub(lambda found: self._WORDS.sub(literal, found[0]), source)


_NOT_PLAIN = re.compile(r"""[&<>"'%\\{}]""")
