"""The public archive as plain files that open from a disk or from any web server, without this program.

    counted = copied(archive, app, folder, told)        # copying.py

The pages are the archive's own, asked of an application that reads as whoever carries a copy away (`Reader.mirror`).
"""
