"""List pages that no other page links to, and that are not in the navigation: nobody finds them by clicking.

python orphans.py
"""

from __future__ import annotations

from wikijs.config import connect


def main() -> None:
    with connect() as client:
        linked = {target.strip("/") for page in client.pages.links() for target in page.links}
        for page in client.pages.list(order_by="path"):
            if f"{page.locale}/{page.path}" not in linked and page.path != "home":
                print(f"{page.locale}/{page.path}  {page.title}")


if __name__ == "__main__":
    main()
