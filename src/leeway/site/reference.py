"""Writes the generated pages of docs; with --check, says which of them are out of date.

Example: python -m leeway.site.reference
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

FOLDER = Path(__file__).parents[3] / "docs"
GENERATED = "This page is generated: run `make reference` after a change.\n"


def parameters() -> str:
    """Every dated value of the law."""
    from leeway.law.reference import markdown

    return markdown()


def left_out() -> str:
    """What the law leaves out of income and capital, paragraph by paragraph."""
    from leeway.law.listed import markdown

    return markdown()


def doubts() -> str:
    """Every value of the law that is still to be confirmed."""
    from leeway.law.reference import doubts_markdown

    return doubts_markdown()


def commands() -> str:
    """Every command with its help."""
    from leeway.site.commands import main

    return "# Commands\n\n" + GENERATED + "\n" + "\n".join(command_pages(main, "leeway"))


def command_pages(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name)
    if isinstance(command, click.Group):
        found = [(each, command.get_command(context, each)) for each in command.list_commands(context)]
        return [page for each, sub in found if sub for page in command_pages(sub, f"{name} {each}")]
    return [f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"]


def states() -> str:
    """Every life cycle as a diagram."""
    from leeway.access import states as proposal
    from leeway.care.people import states as case
    from leeway.care.planning import states as plan
    from leeway.jobs import states as job
    from leeway.messages import states as message
    from leeway.money.payees import states as payee
    from leeway.money.payments import states as run

    diagrams = {
        "A case": case.MOVES,
        "A support plan": plan.MOVES,
        "Bank details": payee.MOVES,
        "A payment run": run.MOVES,
        "A payment": run.PAYMENT_MOVES,
        "A job": job.MOVES,
        "A message": message.MOVES,
        "What an administrator asked for": proposal.MOVES,
    }
    pages = [f"## {name}\n\n{diagram(moves)}" for name, moves in diagrams.items()]
    return "# States\n\n" + GENERATED + "\n" + "\n".join(pages)


def diagram(moves: Mapping) -> str:
    lines = [f"    {state.value}: {state.label}" for state in moves]
    lines += [f"    {state.value} --> {to.value}" for state, allowed in moves.items() for to in sorted(allowed)]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


def access() -> str:
    """Who may reach which address."""
    from leeway.access.roles import APART, WHO_CAN, Capability, Role
    from leeway.access.table import ACCESS, EVERYONE, NOBODY, SIGNED_IN

    words = {EVERYONE: "everyone, without signing in", SIGNED_IN: "everyone who signs in", NOBODY: "nobody"}

    def labels(roles: Iterable[str]) -> str:
        return ", ".join(role.label for role in Role if role in roles)

    can = [f"| `{each.name}` | {each.value} | {labels(roles)} |" for each, roles in WHO_CAN.items()]
    apart = [f"| {labels(pair)} | {reason} |" for pair, reason in APART.items()]
    rows = [
        f"| `{name}` | {labels(WHO_CAN[needed]) if isinstance(needed, Capability) else words[needed]} |"
        for name, needed in ACCESS.items()
    ]
    return "\n".join(
        [
            "# Who may do what, and reach which address\n",
            GENERATED,
            "## What each role may do\n\nSomeone with several roles may do what any of them may.\n",
            "| Capability | What it is | Who |\n|---|---|---|",
            *can,
            "\n## Roles that nobody holds together\n\n| Roles | Why |\n|---|---|",
            *apart,
            "\n## Addresses\n\nThe table keeps the door only: the record and the action check again.\n",
            "| Address | Who |\n|---|---|",
            *rows,
            "",
        ]
    )


PAGES: dict[str, Callable[[], str]] = {
    "reference/parameters.md": parameters,
    "reference/what-is-left-out.md": left_out,
    "explanation/what-is-in-doubt.md": doubts,
    "reference/commands.md": commands,
    "reference/states.md": states,
    "reference/access.md": access,
}


def main() -> None:
    """Write each page, or compare it with what would be written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    import django

    django.setup()
    stale = []
    for name, make in PAGES.items():
        text, path = make(), FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"Out of date in docs: {', '.join(stale)}. Run `make reference`.")


if __name__ == "__main__":
    main()
