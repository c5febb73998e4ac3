"""Everything that the archive does with one recording's bytes, in a process whose children are measured.

    python -m tests.trial.convert_one FILE MIME FOLDER      # prints one JSON object

FOLDER takes the copies. Memory is the most that any child held, as the system counted it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from memorial.derivatives.recording import copies_of, probe
from memorial.derivatives.recording_making import make, peaks_of
from memorial.derivatives.recording_run import NotConverted


def main() -> None:
    path, mime, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    begin = time.perf_counter()
    said: dict[str, object] = {"made": [], "why": []}
    with path.open("rb") as file:
        try:
            said |= _converted(file.fileno(), mime, folder)
        except NotConverted as refused:
            said["why"] = [refused.why]
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({**said, "seconds": round(time.perf_counter() - begin, 2), "megabytes": most}))


def _converted(handle: int, mime: str, folder: Path) -> dict[str, object]:
    begun = time.monotonic()
    probed = probe(handle, mime)
    until = begun + probed.seconds
    made, why = [], []
    for copy in copies_of(probed, poster=True):
        target = folder / f"{copy.name}.{copy.suffix}"
        target.touch()
        try:
            if copy.kind == "peaks":
                target.write_bytes(peaks_of(handle, probed, until=until)[0])
            else:
                make(handle, probed, copy, target, poster_at=0, until=until)
            made.append(copy.name)
        except NotConverted as refused:
            why.append(f"{copy.name}: {refused.why}")
    return {"made": made, "why": why, "notes": probed.notes}


if __name__ == "__main__":
    main()
