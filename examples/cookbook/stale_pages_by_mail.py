"""Mail a list of the pages that nobody touched for some months, to whoever looks after the wiki.

    SMTP_HOST=mail.example.com MAIL_FROM=wiki@example.com MAIL_TO=docs@example.com python stale_pages_by_mail.py 180

Without SMTP_HOST the mail is printed.
"""

from __future__ import annotations

import os
import smtplib
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from wikijs.config import connect


def stale(days: int) -> list[str]:
    """A line for each page that was not changed for so many days, the oldest first."""
    limit = datetime.now(UTC) - timedelta(days=days)
    with connect() as client:
        pages = client.pages.list(order_by="updated", published=True)
        return [
            f"{page.updated_at:%Y-%m-%d}  {client.url}/{page.locale}/{page.path}"
            for page in pages
            if page.updated_at < limit
        ]


def main(days: int) -> None:
    lines = stale(days)
    mail = EmailMessage()
    mail["Subject"] = f"{len(lines)} pages were not touched for {days} days"
    mail["From"] = os.environ.get("MAIL_FROM", "wiki@example.com")
    mail["To"] = os.environ.get("MAIL_TO", "docs@example.com")
    mail.set_content("\n".join(lines) or "All pages are fresh.")
    if host := os.environ.get("SMTP_HOST"):
        with smtplib.SMTP(host, int(os.environ.get("SMTP_PORT", "25")), timeout=30) as server:
            server.send_message(mail)
    else:
        print(mail)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 180)
