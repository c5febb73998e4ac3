"""What leaves the archive whole: bags, copies of the public pages, and mirrors of them (docs/running.md, "Leaving").

folders.py      a new folder takes the place of the old one, whole or not at all
contents.py     what of each record leaves, for the public and for the desk
bags.py         BagIt: one bag for all, or one for each record
checking.py     bags and copies of others and of ours: what is wrong with one
mirroring.py    a copy kept up to date elsewhere, and what was taken back deleted in it
"""
