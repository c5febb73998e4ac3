"""What the community chose, for this process: read again only when the publication epoch has moved.

    sites = app.extensions["site"]
    sites("ru").name, sites.offered()

Whoever changes a setting moves the epoch (`services.site.change` does).
"""

from __future__ import annotations

from flask import g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from memorial.house import House
from memorial.services.site import Site, chosen, site_of
from memorial.web.cache import epoch_of
from memorial.web.context import reading
from memorial.words import DEFAULT, NAMES


class Sites:
    """`sites("ru")` is the site in a language, `sites.offered()` the codes of the languages it is shown in."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._epoch = -1
        self._values: dict[str, object] = {}
        self._by_language: dict[str, Site] = {}
        self._offered: tuple[str, ...] = ()

    def __call__(self, code: str) -> Site:
        self._read()
        if code not in self._by_language:
            self._by_language[code] = site_of(self._values, code)
        return self._by_language[code]

    def offered(self) -> tuple[str, ...]:
        """In the order of `NAMES`."""
        self._read()
        return self._offered

    def _read(self) -> None:
        epoch = epoch_of(request.environ)
        if epoch != self._epoch or epoch < 0:
            # In this order: a thread that reads in between finds the older values under the older epoch.
            self._values, self._by_language = self._chosen(), {}
            wanted = site_of(self._values, DEFAULT).languages
            self._offered = tuple(code for code in NAMES if code in wanted) or tuple(NAMES)
            self._epoch = epoch

    def _chosen(self) -> dict[str, object]:
        """An error page is written with what was known last: it may be that the database is away."""
        try:
            return chosen(reading())
        except (DBAPIError, NoConnection):
            if not g.get("failed"):
                raise
            return self._values
