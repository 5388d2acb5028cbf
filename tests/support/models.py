"""Result models of requests that this package has no operation for."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Typename(BaseModel):
    """The answer to `{__typename}`."""

    typename: str = Field(alias="__typename")
