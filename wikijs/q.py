"""Everything that can be asked, for one-offs: `client.query(q.pages.list(limit=5).select("id", "path"))`."""

from wikijs_generated.query_builder import *  # noqa: F403
