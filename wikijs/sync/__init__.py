"""Two-way synchronisation of a wiki and a folder of files, against what both had in common the last time.

`scan` reads both sides, `match` tells which file and which page are the same, `plan` decides what to do, pure and
without touching anything, `apply` does it step by step, and `state` remembers each step as soon as it is done.
"""
