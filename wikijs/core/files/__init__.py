"""Files of others: one walker, one opener, one writer, and bounds for what is read from them.

Whatever somebody else wrote, a repository, an archive, another program's wiki, may be made to lead out of its folder,
to grow without end, or to break the library that reads it. Here nothing follows a link or leaves its folder, everything
has bounds of size and depth, and the only failure is `FileRefusedError`, in one sentence with the file's name.

`tree` walks and opens, `writing` writes, `data` reads YAML and JSON, `refusal` holds the error, `bounds` the bounds.
"""

from __future__ import annotations

from .bounds import BOUNDS, Bounds
from .data import load_json, load_yaml, parse_toml
from .refusal import FileRefusedError, refusing
from .tree import Found, Tree, open_file, read_file
from .writing import copy, new_file, open_again, replacing, sweep, temporary_name

__all__ = [
    "BOUNDS",
    "Bounds",
    "FileRefusedError",
    "Found",
    "Tree",
    "copy",
    "load_json",
    "load_yaml",
    "new_file",
    "open_again",
    "open_file",
    "parse_toml",
    "read_file",
    "refusing",
    "replacing",
    "sweep",
    "temporary_name",
]
