"""Synthetic PDFs of one empty page, with whatever a test puts into them."""

from __future__ import annotations

import zlib


def a_pdf(catalogue: bytes = b"", packed: bytes = b"", more: bytes = b"") -> bytes:
    """`catalogue` stands in the root, `packed` in a stream of packed objects, `more` between the objects."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    if packed:
        body = zlib.compress(packed)
        head = b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>" % len(body)
        objects.append(head + b"stream\n" + body + b"\nendstream")
    text, places = b"%PDF-1.5\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    text += more
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(text))
    return text + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + tail
