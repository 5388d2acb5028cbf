"""Make the members of groups of the wiki those that a directory says, from an LDIF export of it.

    ldapsearch -LLL -b ou=groups,dc=example,dc=com member mail > groups.ldif
    python ldap_groups.py groups.ldif

An entry with `cn` and `mail` lines is a group and the addresses of its people. Groups that the wiki does not have, and
addresses without an account, are told and left out. Nobody is removed unless --remove is given.
"""

from __future__ import annotations

import sys
from pathlib import Path

from wikijs.config import connect


def groups_of(text: str) -> dict[str, set[str]]:
    """Addresses by name of the group."""
    found: dict[str, set[str]] = {}
    for entry in text.replace("\n ", "").split("\n\n"):
        pairs = [line.split(": ", 1) for line in entry.splitlines() if ": " in line]
        names = [value for key, value in pairs if key.lower() == "cn"]
        if names:
            found[names[0]] = {value.lower() for key, value in pairs if key.lower() == "mail"}
    return found


def main(file: str, *, remove: bool = False) -> None:
    wanted = groups_of(Path(file).read_text(encoding="utf-8"))
    with connect() as client:
        accounts = {user.email.lower(): user.id for user in client.users.list()}
        known = {group.name: group.id for group in client.groups.list()}
        for name, addresses in wanted.items():
            if name not in known:
                print(f"{name}: there is no such group", file=sys.stderr)
                continue
            members = {user.email.lower() for user in client.groups.list_members(known[name])}
            missing = addresses - accounts.keys()
            for address in sorted(missing):
                print(f"{name}: {address} has no account", file=sys.stderr)
            added = client.groups.add_users(
                known[name], [accounts[each] for each in sorted(addresses - members - missing)]
            )
            gone = sorted(members - addresses) if remove else []
            for address in gone:
                client.groups.remove_user(known[name], accounts[address])
            print(f"{name}: {len(added.success)} added, {len(gone)} removed")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1], remove="--remove" in sys.argv)
