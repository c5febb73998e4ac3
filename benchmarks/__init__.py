"""Measurements of the archive beside bare pieces of the same libraries: `memorial bench`.

Every figure that has a goal is a ratio. Its two sides are measured in alternation in one run,
on one machine, over loopback, on synthetic records alone; nothing here asserts anything.
"""
