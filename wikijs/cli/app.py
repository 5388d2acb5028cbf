"""All commands, put together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from wikijs import __version__

from .frame.command import group
from .frame.failures import ExitCode, report_usage
from .frame.lazy import LazyGroup
from .frame.session import Session


class Commands(LazyGroup):
    """Name, module and one line of help of each command; the module's `app` is imported when it is wanted."""

    def main(  # its signature is the framework's
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line. What is wrong with it is said in the words of all other errors."""
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except typer.TyperException as error:
            sys.exit(report_usage(error))
        except typer.Abort:
            sys.exit(ExitCode.INTERRUPTED)
        except SystemExit as ended:
            if isinstance(ended.__context__, BrokenPipeError):  # such as `| head`: who reads has had enough
                sys.exit(ExitCode.DONE)
            raise
        if standalone_mode:
            sys.exit(code or ExitCode.DONE)
        return code

    table = (
        ("pages", "wikijs.cli.pages.group", "Pages."),
        ("tags", "wikijs.cli.tags", "Tags of pages."),
        ("publish", "wikijs.cli.publish", "Publish a folder of Markdown below a path of the wiki."),
        ("sync", "wikijs.cli.sync", "Make a folder of files and the wiki the same."),
        ("backup", "wikijs.cli.backups.backup", "Back up the whole wiki."),
        ("restore", "wikijs.cli.backups.restore", "Bring a backup back."),
        ("feed", "wikijs.cli.changes.feed", "What changes in the wiki."),
        ("hooks", "wikijs.cli.changes.hooks", "Who is told what changes in the wiki."),
        ("users", "wikijs.cli.people.users", "Users."),
        ("groups", "wikijs.cli.people.groups", "Groups, their members and page rules."),
        ("access", "wikijs.cli.access.group", "Who may do what with pages and files, by which group and rule."),
        (
            "report",
            "wikijs.cli.report.group",
            "Reports: dead links, orphans, stale pages, files, what is missing in pages, figures, permissions.",
        ),
        ("assets", "wikijs.cli.assets.group", "Files of the wiki."),
        ("export", "wikijs.cli.export", "Write pages, users, groups or files of the wiki to the disk."),
        ("comments", "wikijs.cli.comments", "Comments on pages."),
        ("navigation", "wikijs.cli.administration.navigation", "The navigation beside the pages."),
        ("site", "wikijs.cli.administration.site", "Settings of the wiki."),
        ("theme", "wikijs.cli.administration.theme", "How the wiki looks."),
        ("locales", "wikijs.cli.administration.locales", "The languages of the wiki."),
        ("mail", "wikijs.cli.administration.mail", "How the wiki sends mail."),
        ("search", "wikijs.cli.administration.search", "Search engines of the wiki."),
        ("storage", "wikijs.cli.administration.storage", "Where the wiki copies its content to."),
        ("api-keys", "wikijs.cli.administration.api_keys", "API keys."),
        ("system", "wikijs.cli.administration.system", "The server."),
        ("logs", "wikijs.cli.administration.logs", "The log of the server."),
        ("whoami", "wikijs.cli.whoami", "Show who the server takes you for."),
        ("auth", "wikijs.cli.setup.auth", "Logging in, with user name and password or by single sign-on."),
        ("config", "wikijs.cli.setup.config", "The wikis you work with."),
        ("health", "wikijs.cli.health", "Whether the wiki answers, and how fast."),
        (
            "plugins",
            "wikijs.cli.watching.plugins",
            "Plugins that can be had by name, and whether they work.",
        ),
        ("audit", "wikijs.cli.watching.audit", "Look at the file in which AuditPlugin writes down what a program did."),
        ("metrics", "wikijs.cli.watching.metrics", "Figures for Prometheus."),
        ("cache", "wikijs.cli.setup.cache", "What is kept of the wikis on this machine."),
        (
            "completion",
            "wikijs.cli.setup.completion",
            "Print the script that lets a shell complete commands and options.",
        ),
        ("call", "wikijs.cli.operations.call", "Execute any single operation of the server."),
        ("graphql", "wikijs.cli.operations.graphql", "Send any GraphQL document and print its data as JSON."),
        ("interactive", "wikijs.cli.programs.interactive", "Type commands at a prompt."),
        ("playground", "wikijs.cli.programs.playground", "Ask the wiki in the browser, with GraphiQL."),
        (
            "gateway",
            "wikijs.cli.gateway.group",
            "A gateway in front of the wiki: REST with keys, limits, jobs and events.",
        ),
        ("mcp", "wikijs.cli.programs.mcp", "Offer the wiki to assistants, by the Model Context Protocol."),
        ("generate", "wikijs.cli.operations.generate", "Compile your own GraphQL queries into a typed client."),
        ("schema", "wikijs.cli.operations.schema", "The GraphQL schema of a wiki, and whether this client fits it."),
        ("help", "wikijs.cli.programs.help", "Show the help of a command."),
        ("version", "wikijs.cli.programs.version", "Print the version of py-wikijs."),
        ("sandbox", "wikijs.cli.programs.sandbox", "Run a stand-in for Wiki.js on this machine until Ctrl+C."),
    )


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"py-wikijs {__version__}")
        raise typer.Exit


# The traceback that typer would print shows what frames hold; `command` reports failures instead.
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},  # commands below inherit it
)


@group(app, example="wikijs --url https://wiki.example.com pages list --limit 10", cls=Commands)
def root(
    session: Session,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    locale: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Locale that paths mean; else WIKIJS_LOCALE, or the wiki's main one."),
    ] = None,
) -> None:
    """Work with a Wiki.js 2.x from the command line.

    `wikijs config init` sets up a wiki. Or set WIKIJS_URL and WIKIJS_API_KEY; WIKIJS_EMAIL and WIKIJS_PASSWORD log in
    instead of a key.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done, 4 login needed, 130 interrupted.
    """
    if locale is not None:
        session.locale = locale
