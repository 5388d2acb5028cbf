"""Constructors of all operations, for `client.execute` and `client.batch`: `ops.pages_single(1)`."""

from wikijs_generated.operations import *  # noqa: F403
