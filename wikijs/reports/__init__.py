"""Reports about a wiki: dead links, orphans, stale pages, files, what is missing in pages, figures, permissions.

```python
from wikijs.reports import as_html, dead_links, read_wiki, statistics

wiki = read_wiki(client)
page = as_html([dead_links(wiki), statistics(wiki)])
```
"""

from __future__ import annotations

from .assets import missing_and_unused_assets
from .edits import read_edits
from .external.checking import external_links, external_links_async
from .external.options import ExternalOptions
from .links import dead_links, orphans
from .model import SEVERITIES, Finding, Report, Severity, Table
from .pages import RULES, LintOptions, duplicates, lint, stale
from .permissions import access
from .reading import PageFacts, WikiFacts, read_wiki
from .statistics import statistics
from .writing import as_csv, as_html, as_markdown

__all__ = [
    "RULES",
    "SEVERITIES",
    "ExternalOptions",
    "Finding",
    "LintOptions",
    "PageFacts",
    "Report",
    "Severity",
    "Table",
    "WikiFacts",
    "access",
    "as_csv",
    "as_html",
    "as_markdown",
    "dead_links",
    "duplicates",
    "external_links",
    "external_links_async",
    "lint",
    "missing_and_unused_assets",
    "orphans",
    "read_edits",
    "read_wiki",
    "stale",
    "statistics",
]
