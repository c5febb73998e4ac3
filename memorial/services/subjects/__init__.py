"""What the archive holds of one person, handed over to them: GDPR articles 15 and 20.

    held = of_contribution(session, keys, "REF")          # or of_party, of_person, of_account
    note_export(session, actor, held, note, keys=keys, now=now)
    write(Path("theirs.zip"), held, storage, now=now)     # data.json, index.html, the files as they came

Only what is theirs: of a page that several wrote on, the rows of this contribution; of the parties asked about it, those
who speak through it; words that the desk wrote among itself are counted and not given.
"""

from memorial.services.subjects.account import of_account
from memorial.services.subjects.contribution import of_contribution
from memorial.services.subjects.held import Held, note_export
from memorial.services.subjects.named import of_party, of_person
from memorial.services.subjects.writing import pieces, write

__all__ = ["Held", "note_export", "of_account", "of_contribution", "of_party", "of_person", "pieces", "write"]
