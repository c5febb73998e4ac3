"""The exchange: what programs of other archives, catalogues and search engines take, always through the gate for `reuse`.

Importing this package registers its doors.
"""

from memorial.web.exchange import ark, embeds, feeds, heads, linked, oai, robots
from memorial.web.exchange.api import api
from memorial.web.exchange.rooms import exchange

__all__ = ["api", "ark", "embeds", "exchange", "feeds", "heads", "linked", "oai", "robots"]
