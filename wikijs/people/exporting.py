"""People of a wiki as a file that can be imported again."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wikijs import WikiJSClient

COLUMNS: Final = ("email", "name", "groups", "provider", "active", "location", "job_title", "timezone")
_FORMULA: Final = ("=", "+", "-", "@")
_AT_ONCE: Final = 50


def export_people(client: WikiJSClient) -> list[dict[str, str]]:
    """All users but the guest, with their groups and profiles, in the columns that an import reads.

    Passwords and second factors cannot be read. A profile that cannot be read is left empty.

    Permission: `manage:users` or `manage:system`, and to read groups.
    Operation: `users.list`, `users.single`, `groups.list`, `groups.single` (queries).
    """
    listed = client.users.list(system=False)
    groups: dict[int, list[str]] = {}
    for group in client.groups.get_many([group.id for group in client.groups.list()]):
        for member in group.users:
            groups.setdefault(member.id, []).append(group.name)
    rows: list[dict[str, str]] = []
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        for user, whole in zip(
            some, client.users.get_many([each.id for each in some], return_exceptions=True), strict=True
        ):
            rows.append(
                {
                    "email": user.email,
                    "name": user.name,
                    "groups": ";".join(groups.get(user.id, [])),
                    "provider": user.provider_key,
                    "active": "yes" if user.is_active else "no",
                    "location": "" if isinstance(whole, Exception) else whole.location or "",
                    "job_title": "" if isinstance(whole, Exception) else whole.job_title or "",
                    "timezone": "" if isinstance(whole, Exception) else whole.timezone or "",
                }
            )
    return rows


def as_csv(rows: list[dict[str, str]]) -> str:
    """Rows as CSV. What a spreadsheet would take for a formula gets an apostrophe, which an import takes off."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        [f"'{row[name]}" if row[name].startswith(_FORMULA) else row[name] for name in COLUMNS] for row in rows
    )
    return stream.getvalue()
