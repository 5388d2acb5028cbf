"""The second back end: the same schema and queries as an npm package, or as modules of a user's own TypeScript project.

It takes what the Python back end takes, checked documents and plain data about each operation, and writes text. It
needs no Node. What is written by hand in TypeScript lies in `sources/` and is copied.
"""
