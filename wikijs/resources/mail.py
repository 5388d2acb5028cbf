"""How the wiki sends mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively

from .shared.base import Flows, afterwards

if TYPE_CHECKING:
    from wikijs_generated.fragments import MailSettings


class MailFlows(Flows):
    """How the wiki sends mail."""

    def get(self) -> Flow[MailSettings]:
        """Read the mail settings. The password reads `********`; the DKIM key is in clear.

        Permission: `manage:system`.
        Operation: `mail.config` (query).
        """
        return (yield from self._execute(ops.mail_config()))

    def update(
        self,
        *,
        sender_name: str | None = None,
        sender_email: str | None = None,
        host: str | None = None,
        port: int | None = None,
        name: str | None = None,
        secure: bool | None = None,
        verify_ssl: bool | None = None,
        user: str | None = None,
        password: str | None = None,
        use_dkim: bool | None = None,
        dkim_domain_name: str | None = None,
        dkim_key_selector: str | None = None,
        dkim_private_key: str | None = None,
    ) -> Flow[MailSettings]:
        """Change mail settings and return all. What is left out is kept, the password too.

        Args:
            sender_name, sender_email: Whom mails come from.
            host, port: The mail server.
            name: Name that the wiki gives itself at the mail server (Wiki.js 2.5.284 or later).
            secure: Use TLS from the start.
            verify_ssl: Check the mail server's certificate.
            user, password: Login at the mail server; empty for none.
            use_dkim, dkim_domain_name, dkim_key_selector, dkim_private_key: Signing of mails.

        Raises:
            ValidationError: The port cannot be; nothing was sent.

        Permission: `manage:system`.
        Operation: `mail.config` (query), then `mail.updateConfig` (mutation).
        """
        if port is not None and not 0 < port < 65536:
            raise exc.ValidationError(f"{port} is no port.", operation="mail.updateConfig")
        changes: dict[str, object] = {
            "sender_name": sender_name,
            "sender_email": sender_email,
            "host": host,
            "port": port,
            "name": name,
            "secure": secure,
            "verify_ssl": verify_ssl,
            "user": user,
            "pass_": password,
            "use_dkim": use_dkim,
            "dkim_domain_name": dkim_domain_name,
            "dkim_key_selector": dkim_key_selector,
            "dkim_private_key": dkim_private_key,
        }
        given = {field: value for field, value in changes.items() if value is not None}
        return (yield from exclusively("mail-writes", self._merge(given)))

    def _merge(self, changes: dict[str, object]) -> Flow[MailSettings]:
        current = yield from self.get()
        wanted = current.model_copy(update=changes)
        yield from self._execute(
            ops.mail_update_config(
                wanted.sender_name or "",
                sender_email=wanted.sender_email or "",
                host=wanted.host or "",
                port=wanted.port or 465,
                name=wanted.name or "",
                secure=wanted.secure is not False,
                verify_ssl=wanted.verify_ssl is not False,
                user=wanted.user or "",
                pass_=wanted.pass_ or "",
                use_dkim=bool(wanted.use_dkim),
                dkim_domain_name=wanted.dkim_domain_name or "",
                dkim_key_selector=wanted.dkim_key_selector or "",
                dkim_private_key=wanted.dkim_private_key or "",
            )
        )
        return (yield from afterwards(self.get(), "mail.updateConfig"))
