"""List pages, read one, with the blocking client.

WIKIJS_URL=https://wiki.example.com WIKIJS_API_KEY=... python examples/quickstart.py
"""

import os

from wikijs import WikiJSClient

with WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"]) as client:
    me = client.whoami()
    print(f"{client.url} takes us for {me.name} ({me.kind})")
    pages = client.pages.list(order_by="updated", descending=True)
    for page in pages[:10]:
        print(f"{page.id:>6}  {page.updated_at:%Y-%m-%d}  {page.path}  {', '.join(page.tags)}")
    if pages:
        newest = client.pages.get(pages[0].id)
        print(f"{newest.title}: {len(newest.content)} characters, changed last")
