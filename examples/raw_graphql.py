"""Your own GraphQL, with the answer as a dictionary or as a model of yours.

WIKIJS_URL=https://wiki.example.com WIKIJS_API_KEY=... python examples/raw_graphql.py
"""

import os

from pydantic import BaseModel

from wikijs import WikiJSClient


class Item(BaseModel):
    """A page, as far as the document asks for it."""

    id: int
    path: str


class Pages(BaseModel):
    """The field `pages` of the answer."""

    list: list[Item]


class Answer(BaseModel):
    """The `data` of the answer."""

    pages: Pages


DOCUMENT = "query ($locale: String) { pages { list(locale: $locale) { id path } } }"

with WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"]) as client:
    plain = client.graphql(DOCUMENT, {"locale": "en"})
    print(f"as a dictionary: {len(plain['pages']['list'])} pages")
    typed = client.graphql(DOCUMENT, {"locale": "en"}, result_type=Answer)
    print(f"as a model: {', '.join(page.path for page in typed.pages.list)}")
