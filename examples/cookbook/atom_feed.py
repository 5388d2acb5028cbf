"""Write an Atom feed of the pages that changed last, for feed readers.

python atom_feed.py changes.atom
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from wikijs.config import connect


def main(file: str, count: int = 20) -> None:
    with connect() as client:
        pages = client.pages.list(order_by="updated", descending=True, published=True)[:count]
        feed = ET.Element("feed", xmlns="http://www.w3.org/2005/Atom")
        ET.SubElement(feed, "title").text = f"Changes of {client.url}"
        ET.SubElement(feed, "id").text = client.url
        ET.SubElement(feed, "updated").text = pages[0].updated_at.isoformat() if pages else ""
        for page in pages:
            url = f"{client.url}/{page.locale}/{page.path}"
            entry = ET.SubElement(feed, "entry")
            ET.SubElement(entry, "title").text = page.title
            ET.SubElement(entry, "id").text = f"{url}#{page.updated_at.isoformat()}"
            ET.SubElement(entry, "link", href=url)
            ET.SubElement(entry, "updated").text = page.updated_at.isoformat()
            ET.SubElement(entry, "summary").text = page.description or ""
    Path(file).write_bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))
    print(f"{len(pages)} entries")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
