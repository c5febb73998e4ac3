"""The published record at the desk: any object of a collection, changed as a proposal (docs/decisions/0012).

    there = objects.find(session, "figures", "fig-12")            # the object as its file would hold it
    form = ObjectForm(there.kind, there.value)                    # forms.py: its fields as one writes them
    proposing.save(session, actor, there, form, typed, …)         # a revision that does not stand yet
    amending.publish(session, actor, item, …)                     # it stands; called by the workflow alone

There is no second way in: what an import writes, the desk writes through the same `Writer`.
"""
