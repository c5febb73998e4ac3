"""The API at /api/v1: what pages show as JSON, for programs, through the gate for `reuse`.

An address of the API is that of the page with `/api/v1` in the place of the language. How it is described stands in
`description.py`, what may be asked in `queries.py`; the views are in `records.py`, `works.py` and `finding.py`.
Importing this package registers its doors.
"""

from memorial.web.exchange.api import description, finding, records, works
from memorial.web.exchange.api.rooms import api

__all__ = ["api", "description", "finding", "records", "works"]
