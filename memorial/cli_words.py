"""What goes wrong at the command line, in words: what, where, and what to do. Exit status is never 0 then."""

from __future__ import annotations

from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from memorial.domain.errors import MemorialError
from memorial.keys import CannotDecrypt, KeyMissing

KNOWN = {
    "database_not_empty": "This database already holds an archive. Restore into an empty one (--data DIR).",
    "backup_damaged": "This is no backup that the archive's key opens, or it is damaged. Nothing was restored: use another one.",
    "backup_link_missing": "This backup builds on an earlier one, which is not beside it. Put both into one folder.",
    "backup_under_way": "Another backup is being written to this folder.",
    "backup_there": "There is a backup of this very second already.",
    "database_is_newer": (
        "The database has the shape of a newer program. Use that one, or let it take the database back first:"
        " memorial migrate --to REVISION"
    ),
    "backup_of_another_schema": "The backup was made by another version of the program. Use that version.",
    "no_such_form": "There is no consent form in this language.",
    "two_people_needed": "This needs two different people: --actor NAME --second NAME.",
    "recording": "There is no recording with this id.",
    "draft": "There is no draft with this id.",
    "contribution": "There is no contribution with this reference.",
    "party": "Nobody who was asked about a page has this number; of whoever holds a code take --contribution.",
    "person": "Sources name nobody with this id; what a family wrote is in --contribution.",
    "translates_what": "Say what it translates: --kind translation --translates DRAFT.",
    "chapters_there": "This recording has its chapters already. Delete or change them at the desk.",
    "transcript_without_times": "This form needs times, and nothing here has any.",
    "nothing_written": "Nothing is written here yet.",
    "export_folder_taken": "The folder holds something else. Name a new one, or an empty one.",
    "export_of_another_kind": "The folder holds an export of another kind. Name a new one.",
    "mirror_no_source": "There is no export of this archive.",
    "mirror_unsafe": "A path in it leads out of the folder on some system. Nothing was taken.",
    "mirror_no_room": "The disk is nearly full: half a gigabyte is left free for others. Make room, then try again; what was here stays.",
    "mirror_unreachable": "The address does not answer as it should.",
    "mirror_damaged": "A file is not what its list says. Nothing was changed; export it anew.",
    "mirror_missing": "A file of its list is missing. Nothing was changed; export it anew.",
    "mirror_holds_withdrawn": "It still holds what was withdrawn. Nothing was changed; export it anew.",
    "removals_unreadable": "Its list of what was withdrawn cannot be read. Nothing was changed.",
    "setting_of_another_shape": "Nothing was changed: pages could not read this value.",
}


class Plainly(click.Group):
    """A group of commands that tells in a line what the machine or a setting refused, instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except MemorialError as wrong:
            raise click.ClickException(in_words(wrong)) from wrong
        except (KeyMissing, CannotDecrypt) as wrong:
            raise click.ClickException(
                f"The archive's key: {wrong}. MEMORIAL_KEY_FILE says where it lies."
            ) from wrong
        except ValidationError as wrong:
            raise click.ClickException(settings_in_words(wrong)) from wrong
        except UnicodeDecodeError as wrong:
            raise click.ClickException(
                f"The file is not UTF-8 ({wrong.reason}); save it as UTF-8."
            ) from wrong
        except OperationalError as wrong:
            told = str(wrong.orig).strip().partition("\n")[0]
            raise click.ClickException(
                f"The database does not answer: {told}. MEMORIAL_DATABASE_URL and MEMORIAL_DATA say where it is."
            ) from wrong
        except OSError as wrong:
            raise click.ClickException(
                f"{wrong.filename or 'This machine'}: {wrong.strerror or wrong}"
            ) from wrong


def in_words(wrong: MemorialError) -> str:
    details = ", ".join(f"{name}: {value}" for name, value in wrong.details.items())
    return KNOWN.get(wrong.key, wrong.key) + (f" ({details})" if details else "")


def settings_in_words(wrong: ValidationError) -> str:
    """One line a setting, by the name it has in the environment."""
    lines = [
        f"MEMORIAL_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}, not {each['input']!r}"
        for each in wrong.errors()
    ]
    return "\n".join([*lines, "docs/settings.md says what each setting takes."])
