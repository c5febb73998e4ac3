"""A first draft of what is said in a sound file, by a model that lies on this machine: `listen(model, sound, seconds)`.

Returns the bytes of JSON as recognisers write it (formats/whisper_json.py reads it). The model runs in a process of its
own (listening.py) that gets nothing of our environment, writes no file, opens no connection and is ended when its
time is over. Raises CannotListen with a key: no_package, no_model, too_slow, failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

_PROGRAM_ROOT = Path(__file__).resolve().parents[2]
KEYS = {3: "no_package", 4: "no_model"}
LARGEST = 64 << 20  # bytes of the answer
# Folders with packages that the process finds besides: a test has a recogniser of its own there.
BESIDE: Sequence[str] = ()


class CannotListen(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def listen(model: Path, sound: BinaryIO, seconds: int, language: str = "") -> bytes:
    """`language` is that of the recording where it is known; else the model says which it hears."""
    # No library of models may look for one elsewhere, whatever its own settings say.
    offline = dict.fromkeys(("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"), "1")
    environment = {
        "PYTHONPATH": os.pathsep.join([str(_PROGRAM_ROOT), *BESIDE]), "LANG": "C.UTF-8", "HOME": "/nonexistent",
        **offline,
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "memorial.derivatives.listening", str(model.resolve()), language]
    try:
        done = subprocess.run(
            command, stdin=sound, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env=environment,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotListen("too_slow") from None
    if done.returncode or len(done.stdout) > LARGEST:
        raise CannotListen(KEYS.get(done.returncode, "failed"))
    return done.stdout
