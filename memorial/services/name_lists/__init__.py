"""Lists of names as sources: a file of names, line by line, as what its source says of whom.

    list_ = keeping.prepare(session, actor, Wanted(…), keys=keys, now=now)   # read, remarked upon, nobody made
    running.begin(session, actor, list_, expected=1, now=now)                # then the job "name_list"
    undoing.take_back(session, actor, list_, "Why", …)                       # all of it as one act

opening.py reads a file, keeping.py keeps it with its plan, running.py writes its persons through the writer of
collections and puts before the desk who may be somebody already, undoing.py takes it back, lines.py shows it.
"""
