"""`mail`: how the wiki sends mail. The sandbox sends none: its mail server does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import Context
from ..graphql.errors import CodedError, UncodedError, responds, success
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

AREA = "mail"
HIDDEN = "********"
SHORTEST_ADDRESS = 6
SHORTEST_HOST = 3
NEW: Row = {
    "senderName": "",
    "senderEmail": "",
    "host": "",
    "port": 465,
    "name": "",
    "secure": True,
    "verifySSL": True,
    "user": "",
    "pass": "",
    "useDKIM": False,
    "dkimDomainName": "",
    "dkimKeySelector": "",
    "dkimPrivateKey": "",
}


@resolver("MailQuery.config")
def config(ctx: Context) -> Row:
    """The settings, without the password but with the DKIM key."""
    mail = NEW | ctx.db.setting(AREA)
    return mail | {"pass": HIDDEN if mail["pass"] else ""}


@resolver("MailMutation.updateConfig")
@responds
def update_config(
    ctx: Context,
    *,
    sender_name: str,
    sender_email: str,
    host: str,
    port: int,
    name: str = "",
    secure: bool,
    verify_ssl: bool = True,
    user: str,
    use_dkim: bool,
    dkim_domain_name: str,
    dkim_key_selector: str,
    dkim_private_key: str,
    **password: str,
) -> Row:
    """Replace the settings; the password may be given as the asterisks that it is shown as."""
    mail = {
        "senderName": sender_name,
        "senderEmail": sender_email,
        "host": host,
        "port": port,
        "name": name,
        "secure": secure,
        "verifySSL": verify_ssl,
        "user": user,
        "pass": password["pass"],
        "useDKIM": use_dkim,
        "dkimDomainName": dkim_domain_name,
        "dkimKeySelector": dkim_key_selector,
        "dkimPrivateKey": dkim_private_key,
    }
    if mail["pass"] == HIDDEN:
        mail["pass"] = (NEW | ctx.db.setting(AREA))["pass"]
    ctx.db.save_setting(AREA, mail)
    return success("Mail configuration updated successfully.")


@resolver("MailMutation.sendTest")
@responds
def send_test(ctx: Context, *, recipient_email: str) -> Row:
    """Fails, as with a mail server that is down."""
    if len(recipient_email) < SHORTEST_ADDRESS:
        raise CodedError(3004)
    mail = NEW | ctx.db.setting(AREA)
    if len(mail["host"]) < SHORTEST_HOST:
        raise CodedError(3002)
    raise UncodedError(f"connect ECONNREFUSED 127.0.0.1:{mail['port']}")
