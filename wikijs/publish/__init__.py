"""A folder of Markdown kept on the wiki below one path: plain, or a project of MkDocs or Docusaurus.

`project` reads the folder by way of `wikijs.interop`, which makes links and images right. `marks` is what a published
page says of its origin, `planning` and `renames` compare, all three pure. `running` asks and writes; `summary` tells.
What was published is known from the wiki itself, so that any machine goes on where another one ended. Needs the
`interop` extra.
"""

from __future__ import annotations

from .model import ManyDeletionsError, PublishOptions, PublishPlan, PublishReport, Step, UnclearLinksError
from .running import plan_publish, run_publish
from .summary import summary

__all__ = [
    "ManyDeletionsError",
    "PublishOptions",
    "PublishPlan",
    "PublishReport",
    "Step",
    "UnclearLinksError",
    "plan_publish",
    "run_publish",
    "summary",
]
