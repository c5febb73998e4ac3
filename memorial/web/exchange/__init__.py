"""The exchange: what programs of other archives, catalogues and search engines take, always through the gate for `reuse`.

Importing this package registers its doors.
"""

from memorial.web.exchange import oai
from memorial.web.exchange.rooms import exchange

__all__ = ["exchange", "oai"]
