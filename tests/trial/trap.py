"""The archive's own command with a trap at its labels: at one of them the server and its worker die at once.

    python -m tests.trial.trap serve --port 8123      # MEMORIAL_TRIAL_TRAP is a folder
    trap = Trap(folder); trap.arm("web", "committed", 2); trap.sprung; trap.kill()

The program calls `at("label")` where a crash must lose nothing, which does nothing; here each of
these functions is replaced. Which label, in which process and at which time of reaching it stands
in the file `armed`, so that one running server serves many trials.
"""

from __future__ import annotations

import ast
import importlib
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "MEMORIAL_TRIAL_TRAP"


def labelled() -> dict[str, set[str]]:
    """The labels of the program, by the module in which they stand."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "memorial").rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        here = {
            call.args[0].value
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id == "at" and isinstance(call.args[0], ast.Constant)
        }  # fmt: skip
        if here:
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[module.removesuffix(".__init__")] = here
    return found


class Trap:
    """What the trial and the processes of the server know of each other: files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._armed, self._sprung, self._counted = folder / "armed", folder / "sprung", folder / "counted"

    def arm(self, process: str, label: str, time: int) -> None:
        self._sprung.unlink(missing_ok=True)
        written = self.folder / "arming"
        written.write_text(f"{process} {label} {time}")
        written.rename(self._armed)

    def count(self, process: str) -> None:
        """Kills nothing: `reached_labels` then says which labels were passed, in their order."""
        self._counted.write_text("")
        self.arm(process, "*", 0)

    @property
    def reached_labels(self) -> list[str]:
        return self._counted.read_text().split()

    def disarm(self) -> None:
        self._armed.unlink(missing_ok=True)

    @property
    def sprung(self) -> bool:
        return self._sprung.exists()

    @property
    def both_run(self) -> bool:
        return all((self.folder / f"{process}.group").exists() for process in ("web", "jobs"))

    def enter(self, process: str) -> None:
        """This process, and what comes of it, dies with the others."""
        (self.folder / f"{process}.group").write_text(str(os.getpgid(0)))

    def reached(self, process: str, label: str) -> None:
        with suppress(FileNotFoundError):
            armed = self._armed.read_text()
            wanted, which, time = armed.split()
            if (wanted, which) == (process, "*"):
                with self._counted.open("a") as counted:
                    counted.write(f"{label}\n")
            if (wanted, which) != (process, label):
                return
            if int(time) > 1:
                self._armed.write_text(f"{wanted} {which} {int(time) - 1}")
                return
            self._armed.rename(self._sprung)
            self.kill()

    def kill(self) -> None:
        """SIGKILL to the groups of this server and of nothing else; to one's own last of all."""
        own = os.getpgid(0)
        groups = [(path, int(path.read_text() or 0)) for path in self.folder.glob("*.group")]
        for path, group in sorted(groups, key=lambda each: each[1] == own):
            path.unlink(missing_ok=True)
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


def main() -> None:
    from memorial import cli, server

    process, trap = "jobs" if "jobs" in sys.argv else "web", Trap(Path(os.environ[FOLDER]))
    trap.enter(process)
    for module in labelled():
        importlib.import_module(module).at = lambda label: trap.reached(process, label)
    server.JOBS = "tests.trial.trap"
    cli.main()


if __name__ == "__main__":
    main()
