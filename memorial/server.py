"""`memorial serve`: the web workers and one worker for jobs, stopped together.

    run(settings, "127.0.0.1", 8000)     # returns when somebody stops it (Ctrl-C, SIGTERM)

Slow work leaves the request as a job. A slow line cannot: a body that arrives for a minute holds its
thread for a minute, so each worker has several (docs/decisions/0007-threads-for-slow-lines.md). Each process opens the archive for itself, so
settings travel by the environment.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from granian import Granian

from config import Settings
from memorial import web_server
from memorial.app import create_app, rooms
from memorial.house import open_house
from memorial.web.templating import Archive

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (what people type to be reached from other machines)
AGAIN_AFTER = 2.0  # seconds after which a worker that ended is started anew
JOBS = "memorial.cli"  # the module whose command is the worker for jobs


def application() -> Archive:
    """What each web worker serves; also the target for any other WSGI server."""
    return create_app(open_house(Settings()))


def run(settings: Settings, host: str, port: int, *, with_jobs: bool = True) -> None:
    """Serve until stopped; without jobs where `memorial jobs` runs by itself."""
    hand_on(settings, host)
    jobs = Worker([sys.executable, "-m", JOBS, "jobs"]) if with_jobs else None
    signal.signal(signal.SIGTERM, _as_interrupt)
    print(greeting(host, port), flush=True)
    try:
        web(settings, host, port).serve()
    except KeyboardInterrupt:
        pass
    finally:
        if jobs is not None:
            jobs.stop()


def expect_free(host: str, port: int) -> None:
    """Raises OSError where the address is not this machine's or is taken. The web workers share a port with
    whoever else listens there, so that two archives started on one would answer by turns."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as wrong:
            raise OSError(
                wrong.errno, f"{wrong.strerror}; choose another --port or --host", f"{host}:{port}"
            ) from wrong


def web(settings: Settings, host: str, port: int) -> Granian:
    """The web workers. They are forked, and share the memory of what is loaded here before."""
    rooms()
    gc.collect()
    gc.freeze()  # a collection in a worker would write on every page it shares
    workers = workers_for(settings, os.cpu_count() or 1)
    return web_server.of(web_server.ARCHIVE, host, port, workers=workers, threads=settings.web_threads)


def workers_for(settings: Settings, processors: int) -> int:
    """As told, else two on a small machine and one for each processor on a larger one, eight at most."""
    return settings.workers or min(max(2, processors), 8)


def hand_on(settings: Settings, host: str = "") -> None:
    """Put what was set explicitly into the environment of the processes to come."""
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if value is None:
            continue
        text = ",".join(value) if isinstance(value, list) else str(value)
        os.environ[f"MEMORIAL_{name.upper()}"] = str(Path(text).resolve()) if name == "data" else text
    if host and host not in (*EVERYWHERE, *settings.hosts):
        # Whoever binds an address by hand means to be reached under it.
        os.environ["MEMORIAL_HOSTS"] = ",".join([*settings.hosts, host])


def greeting(host: str, port: int) -> str:
    """What stands in the terminal after a start."""
    return f"The archive is at http://{'127.0.0.1' if host in EVERYWHERE else host}:{port} (stop it with Ctrl-C)."


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


class Worker:
    """The worker for jobs beside the web workers. One that ends by itself is started again."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._stopped, self._lock = threading.Event(), threading.Lock()
        self._process = self._start()
        threading.Thread(target=self._watch, name="worker", daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, start_new_session=True)

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._stopped.wait(AGAIN_AFTER):
                return
            with self._lock:
                if self._stopped.is_set():
                    return
                self._process = self._start()

    def stop(self) -> None:
        with self._lock:
            self._stopped.set()
        _stop(self._process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait, and only then insist: a job under way is found again by the sweep."""
    process.terminate()
    try:
        process.wait(web_server.STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
