"""The verbs of `landbridge claims`: their options alone. What they need is imported when one runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from landbridge.cli.options import Folder, Json

Dated = Annotated[
    Optional[str],  # noqa: UP045  (typer reads Optional)
    typer.Option("--dated", metavar="DATE", help="When the texts were written: 2018, 2018-11 or 2018-11-05."),
]
Language = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--language", help="en, ru or zh; else told from the script of each text."),
]
Format = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--format", help="text, html, pdf or docx; else told from the content of each file."),
]
Named = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--name",
        metavar="NAME",
        help="For one document: its name or address, by which later versions are known; else the path of the file.",
    ),
]

group = typer.Typer(
    name="claims",
    help="What texts assert: read it, check it against statistics, arithmetic and other texts, and review it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line, as a group."""
    app.add_typer(group)


@group.command()
def read(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Texts, HTML, PDF or DOCX; - is standard input.")
    ],
    text_out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--text-out",
            metavar="PATH",
            help="Also write the text in which spans count: to a file, or for several to a folder.",
        ),
    ] = None,
    dated: Dated = None,
    language: Language = None,
    format: Format = None,
    name: Named = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a bare list of claims instead of a table.")
    ] = False,
    workspace: Folder = None,
) -> None:
    """Every claim that a text makes: what is said of whom, with value, unit, period and speaker."""
    from landbridge.cli import claim_readings

    asked = claim_readings.Asked(tuple(files), dated or "", language or "", format or "", name or "")
    claim_readings.read(asked, text_out=text_out, as_json=as_json, workspace=workspace)


@group.command()
def verify(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|LEDGER...",
            help="Documents, a ledger file of claims (.yaml), or the word `ledger` for every claim held.",
        ),
    ],
    as_of: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--as-of", metavar="DATE", help="Use what the ledger held by DATE (YYYY-MM-DD)."),
    ] = None,
    dated: Dated = None,
    language: Language = None,
    format: Format = None,
    name: Named = None,
    show: Annotated[
        str,
        typer.Option(
            "--show",
            help="verdicts (default), findings: what texts say of themselves and each other, or evidence: every "
            "series compared.",
        ),
    ] = "verdicts",
    claimreview: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--claimreview", metavar="FILE", help="Also write the verdicts as ClaimReview JSON-LD."),
    ] = None,
    author: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--author", metavar="NAME", help="Who stands behind --claimreview; else the program, by name."
        ),
    ] = None,
    prov: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--prov", metavar="FILE", help="Also write the chain to each verdict as PROV-JSON."),
    ] = None,
    package: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--package",
            metavar="DIR",
            help="Also write claims, decisions and verdicts as a Data Package; for `ledger` the ledger itself.",
        ),
    ] = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """A verdict on every claim, with the series, definitions and cells it rests on."""
    from landbridge.cli import claim_exports, claim_readings, claim_verdicts

    asked = claim_readings.Asked(tuple(files), dated or "", language or "", format or "", name or "")
    targets = claim_exports.Targets(claimreview, author, prov, package)
    claim_verdicts.verify(asked, targets, as_of=as_of, show=show, as_json=as_json, workspace=workspace)


@group.command()
def review(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The document; - is standard input.")],
    decision: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="[accept|correct|reject|merge]",
            help="What you decide; without it every claim is listed with its id and state.",
        ),
    ] = None,
    claim: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--claim", metavar="ID", help="The claim that is decided about."),
    ] = None,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", metavar="NAME", help="Your name."),
    ] = None,
    reason: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--reason", metavar="WORDS", help="Why you decide so."),
    ] = None,
    slots: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--set", metavar="SLOT=VALUE", help="For `correct`: a slot and what is right; may be given again."
        ),
    ] = None,
    into: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--into", metavar="ID", help="For `merge`: the claim that this one repeats."),
    ] = None,
    dated: Dated = None,
    language: Language = None,
    format: Format = None,
    name: Named = None,
    settle: Annotated[
        bool,
        typer.Option(
            "--settle",
            help="Without a decision: write down that decisions on an earlier version have lapsed.",
        ),
    ] = False,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Decide about a claim, or list the claims of a document with their states."""
    from landbridge.cli import claim_readings, claim_reviews

    asked = claim_readings.Asked((file,), dated or "", language or "", format or "", name or "")
    made = claim_reviews.Decided(decision, claim, by, reason, tuple(slots or ()), into)
    claim_reviews.review(asked, made, settle=settle, as_json=as_json, workspace=workspace)


@group.command("list")
def reviewed(as_json: Json = False, workspace: Folder = None) -> None:
    """Every claim that was ever decided about, with its state."""
    from landbridge.cli import claim_reviews

    claim_reviews.reviewed(as_json=as_json, workspace=workspace)
