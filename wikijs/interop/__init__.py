"""Other wikis' pages as files that `wikijs pages import` takes. Needs the `interop` extra.

Data flows one way. A source (`mediawiki`, `dokuwiki`, `confluence`, `markdown_site` for MkDocs and Docusaurus) reads
what the other program keeps into a `model.Site`. `writing` gives every page and file its place, lets the source
translate each page with links to those places, and writes the files. The report says what could not be translated.
"""

from __future__ import annotations

from .model import InteropError, Remark, Report
from .writing import KINDS, Kind, convert

__all__ = ["KINDS", "InteropError", "Kind", "Remark", "Report", "convert"]
