"""The command line of `cuspide`: its verbs, their deeds and arguments, in the operator's language.

It stands apart from the verbs because theirs load Django and much else, and `--help` or a mistyped word is answered
without. The module that a verb names does the work.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cuspide import __version__
from cuspide.cli.speech import Parser
from cuspide.cli.speech import gettext as _


def parser() -> Parser:
    made = Parser(prog="cuspide", description=_("The information system of a dental practice."))
    made.add_argument(
        "--version", action="version", version=f"cuspide {__version__}", help=_("show the program's version and exit")
    )
    verbs = made.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    for declare in _VERBS:
        declare(verbs)
    return made


def _verb(verbs: Any, name: str, line: str) -> Parser:
    """A verb: what it does, in one line."""
    made: Parser = verbs.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.")
    _home(made)
    return made


def _home(parser: Parser, **keywords: Any) -> None:
    parser.add_argument(
        "--home", metavar=_("FOLDER"), help=_("the practice's folder (default: CUSPIDE_HOME)"), **keywords
    )


def _deeds(verb: Parser, deeds: Mapping[str, str]) -> None:
    """What a verb does is chosen by its next word."""
    verb.add_argument(
        "deed",
        choices=list(deeds),
        metavar=_("DEED"),
        help="\n".join(_("%(deed)s: %(what)s") % {"deed": deed, "what": what} for deed, what in deeds.items()),
    )


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("%(value)r is not a whole number") % {"value": text}) from None


def _number(verb: Parser, option: str, what: str, *, default: int | None = None, metavar: str = "") -> None:
    verb.add_argument(option, type=_whole_number, default=default, metavar=metavar or _("NUMBER"), help=what)


def _init(verbs: Any) -> None:
    verb = _verb(verbs, "init", _("make a new practice"))
    verb.add_argument("--name", required=True, metavar=_("NAME"), help=_("name of the practice"))
    _number(verb, "--chairs", _("number of dental chairs (default 1)"), default=1)
    verb.add_argument("--owner-name", required=True, metavar=_("NAME"), help=_("name of the owner"))
    verb.add_argument("--owner-email", required=True, metavar=_("MAIL"), help=_("the owner signs in with it"))
    verb.add_argument("--password-stdin", action="store_true", help=_("read the owner's password from standard input"))
    verb.add_argument(
        "--host",
        action="append",
        metavar=_("HOST"),
        help=_("host name under which the practice is reached; may be given several times"),
    )
    _store_url(verb)
    verb.add_argument(
        "--key-in",
        choices=["file", "keystore"],
        default="file",
        help=_(
            "where the key lies: a file that its owner alone may read (file, the default), or the platform's keystore "
            "of this account (keystore: Windows, macOS, Secret Service)"
        ),
    )
    verb.add_argument(
        "--passphrase-stdin",
        action="store_true",
        help=_(
            "read the passphrase of the key's copy from standard input, after the password (empty line: no such copy)"
        ),
    )
    verb.add_argument(
        "--sheet", metavar=_("FILE"), help=_("where to write the escrow sheet as PDF; it is typed back once")
    )
    _confirmed_by(verb)
    verb.add_argument(
        "--without-sheet",
        action="store_true",
        help=_("make no escrow sheet now; “cuspide check” reminds of it"),
    )


def _store_url(verb: Parser) -> None:
    verb.add_argument("--store", default="", metavar="URL", help=_("postgresql://… (default: encrypted SQLite)"))


def _confirmed_by(verb: Parser) -> None:
    verb.add_argument(
        "--escrow-confirmed-by",
        default="",
        metavar=_("FILE"),
        help=_("read the lines typed from the sheet from this file"),
    )


def _listening(verb: Parser) -> None:
    verb.add_argument(
        "--host", default="127.0.0.1", metavar=_("ADDRESS"), help=_("address to listen on (default 127.0.0.1)")
    )
    _number(verb, "--port", _("port to listen on (default 8000)"), default=8000, metavar="PORT")


def _serve(verbs: Any) -> None:
    verb = _verb(verbs, "serve", _("serve the practice"))
    _listening(verb)
    _number(verb, "--live-port", _("port of live updates (default the next one; 0: none)"), metavar="PORT")
    _number(
        verb,
        "--plain-port",
        _(
            "with TLS: port without TLS on which workstations fetch the practice's certificate authority, and are led "
            "to the practice (default the second next; 0: none)"
        ),
        metavar="PORT",
    )
    _number(verb, "--workers", _("web processes (default two, one on a machine of one core)"))
    _number(verb, "--threads", _("threads of each web process (default 4)"), default=4)
    verb.add_argument("--part", help=argparse.SUPPRESS)


def _demo(verbs: Any) -> None:
    verb = _verb(verbs, "demo", _("make a demo practice with invented patients, and serve it"))
    patients = _(
        "how many patients (default 2000); of more than 20 000 the rest have address, cover, alerts and record number, "
        "but no appointment, act or invoice"
    )
    _number(verb, "--patients", patients, default=2000)
    _number(verb, "--years", _("years of history (default 5; of more than 20 000 patients 1)"))
    _number(verb, "--seed", _("the same number gives the same practice (default 1)"), default=1)
    _store_url(verb)
    _listening(verb)
    verb.add_argument("--no-serve", action="store_true", help=_("only make it"))


def _practitioner(verbs: Any) -> None:
    verb = _verb(verbs, "practitioner", _("add a dentist in whose name acts are done and billed"))
    verb.add_argument("--family-name", required=True, metavar=_("NAME"), help=_("family name, as on invoices"))
    verb.add_argument("--given-name", required=True, metavar=_("GIVEN_NAME"), help=_("given name"))
    verb.add_argument("--rpps", default="", metavar=_("DIGITS"), help=_("RPPS number (eleven digits)"))
    verb.add_argument(
        "--am-number", default="", metavar=_("DIGITS"), help=_("billing number of health insurance (nine digits)")
    )
    verb.add_argument("--site", default="", metavar=_("NAME"), help=_("where, in a practice of several sites"))


def _service(verbs: Any) -> None:
    verb = _verb(verbs, "service", _("print the unit by which systemd starts the practice"))
    _deeds(verb, {"systemd": _("print the unit of this installation")})
    verb.add_argument(
        "--user", default="cuspide", metavar=_("ACCOUNT"), help=_("the account that runs it (default cuspide)")
    )
    _listening(verb)
    _number(
        verb,
        "--plain-port",
        _("port without TLS for the workstations' first visit (as of serve)"),
        metavar="PORT",
    )
    verb.add_argument(
        "--key",
        metavar=_("FILE"),
        help=_("where the key lies for the administrator alone; systemd hands it to the service"),
    )


def _upgrade(verbs: Any) -> None:
    verb = _verb(verbs, "upgrade", _("bring the store to the program's version, with a copy first"))
    verb.add_argument(
        "--copy-made",
        action="store_true",
        help=_("PostgreSQL without pg_dump: I have a copy of the database, go on without one"),
    )


def _store(verbs: Any) -> None:
    verb = _verb(verbs, "store", _("carry the practice to PostgreSQL, or back to SQLite"))
    deeds = verb.add_subparsers(dest="deed", required=True, metavar=_("DEED"))
    line = _("carry the practice to another store; the old one stays")
    move = deeds.add_parser("move", help=line, description=f"{line[0].upper()}{line[1:]}.")
    _home(move, default=argparse.SUPPRESS)  # before the deed or behind it
    move.add_argument(
        "--to",
        required=True,
        metavar=_("STORE"),
        help=_("sqlite, or postgresql://user@host/database (an empty one); a password is better kept in ~/.pgpass"),
    )


def _check(verbs: Any) -> None:
    verb = _verb(verbs, "check", _("say in plain words whether all is well, and what to do"))
    verb.add_argument("--json", action="store_true", help=_("one JSON object a line"))


def _key(verbs: Any) -> None:
    verb = _verb(verbs, "key", _("the practice's key: its copies, the escrow sheet, recovery"))
    _deeds(
        verb,
        {
            "show": _("where the key lies and its mark"),
            "copies": _("which copies open it"),
            "sheet": _("print a new escrow sheet"),
            "passphrase": _("set a new passphrase"),
            "verify": _("prove that a copy opens the key"),
            "recover": _("bring a lost key back"),
            "change": _("give the practice another key, because somebody may have had this one"),
            "former": _("hand out a key from before a change, for copies and backups of its time"),
        },
    )
    _with_copy(verb)
    verb.add_argument("--sheet", metavar=_("FILE"), help=_("where to write the escrow sheet as PDF"))
    _confirmed_by(verb)
    verb.add_argument("--without-sheet", action="store_true", help=_("for change: make no escrow sheet now"))
    verb.add_argument("--mark", default="", metavar=_("MARK"), help=_("for former: the mark of the key that is wanted"))
    verb.add_argument("--to", metavar=_("FILE"), help=_("for former: where to write it, for its owner alone"))


def _tls(verbs: Any) -> None:
    verb = _verb(verbs, "tls", _("the practice's certificates: what they are, their renewal, the authority"))
    _deeds(
        verb,
        {
            "show": _("names, days left and fingerprints"),
            "renew": _("a new server certificate now"),
            "authority": _("the certificate that workstations install"),
        },
    )
    verb.add_argument(
        "--new", action="store_true", help=_("for authority: make another one; every workstation must install it")
    )


def _audit(verbs: Any) -> None:
    verb = _verb(verbs, "audit", _("prove that the trace was not tampered with"))
    _deeds(
        verb,
        {
            "verify": _("prove the whole trace: nothing altered, removed, moved or unsealed"),
            "anchor": _("give its end, to be kept outside of this machine"),
        },
    )
    verb.add_argument(
        "--anchor",
        action="append",
        default=[],
        metavar=_("ANCHOR"),
        help=_(
            "for verify: an anchor to compare with: its file, the mail saved as text, or SEQUENCE:HEX typed from "
            "paper; may be given several times"
        ),
    )
    verb.add_argument(
        "--to", metavar=_("FOLDER"), help=_("for anchor: write the file into this folder, a USB stick say")
    )
    verb.add_argument("--json", action="store_true", help=_("one JSON object"))


def _nomenclature(verbs: Any) -> None:
    verb = _verb(verbs, "nomenclature", _("bring in a new edition of the CCAM"))
    _deeds(verb, {"import": _("read an edition from its file")})
    verb.add_argument("file", type=Path, metavar=_("FILE"), help=_("the CSV export of the CCAM, as CNAM publishes it"))


def _search(verbs: Any) -> None:
    verb = _verb(verbs, "search", _("make the search index of the patients anew"))
    _deeds(verb, {"rebuild": _("from what the records say")})


def _import(verbs: Any) -> None:
    verb = _verb(verbs, "import", _("bring in patients from a file of another program"))
    verb.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar=_("FILE"),
        help=_("patients as CSV, XLSX, vCard, FHIR or a dump of Open Dental"),
    )
    verb.add_argument("--rehearse", action="store_true", help=_("only say what would become of each line"))
    verb.add_argument(
        "--mapping", type=Path, metavar=_("FILE"), help=_('JSON: what the columns mean, {"column": "field"}')
    )
    verb.add_argument(
        "--source",
        default="",
        metavar=_("NAME"),
        help=_("the program the file comes from: by its record numbers the same patients are known again"),
    )
    verb.add_argument("--site", default="", metavar=_("NAME"), help=_("where, in a practice of several sites"))
    verb.add_argument("--resume", action="store_true", help=_("go on with the import that was cut short"))
    verb.add_argument("--undo", default="", metavar=_("IDENTIFIER"), help=_("undo an import as a whole"))
    verb.add_argument("--json", action="store_true", help=_("one JSON object"))


def _export(verbs: Any) -> None:
    verb = _verb(verbs, "export", _("take the practice's patients out as a file"))
    _deeds(verb, {"patients": _("all patients: identity and contacts")})
    verb.add_argument(
        "--as", dest="form", choices=["csv", "fhir"], default="csv", help=_("CSV (default) or a FHIR Bundle")
    )
    verb.add_argument(
        "--to", required=True, type=Path, metavar=_("FILE"), help=_("where to write it, for its owner alone")
    )


def _backup(verbs: Any) -> None:
    verb = _verb(verbs, "backup", _("copy the practice to other places, and try the way back"))
    _deeds(
        verb,
        {
            "add": _("say where copies go: a name and a place"),
            "disk": _("add a removable disk that is plugged in: a name and the label of its file system"),
            "list": _("the places, their last copies and trials"),
            "run": _("copy now, to the named place or to all"),
            "read": _("read every byte at a place and prove it (by itself once a week)"),
            "sheet": _("try the escrow sheet on a place, as on the worst day"),
            "try": _("bring the last copy back to a scratch place and prove it"),
            "end": _("copy no more to a place; what lies there stays"),
            "kit": _("print the restore kit: what to type with public tools alone (default: beside you)"),
            "file": _("write the whole practice as one file into a folder, for any medium, and read it back"),
        },
    )
    verb.add_argument(
        "name",
        nargs="?",
        default="",
        metavar=_("NAME"),
        help=_("name of the place; for file the folder, for kit the PDF"),
    )
    _place(verb, nargs="?", default="")
    verb.add_argument(
        "--every", type=_whole_number, default=7, metavar=_("DAYS"), help=_("for disk: due after so many days (7)")
    )
    verb.add_argument(
        "--hours",
        type=_whole_number,
        default=4,
        metavar=_("HOURS"),
        help=_("for disk: may stay plugged in so long"),
    )
    verb.add_argument(
        "--split", default="", metavar=_("SIZE"), help=_("for file: in parts of this size: cd, dvd, 650MB, 4.4GB")
    )
    verb.add_argument("--whole", action="store_true", help=_("for run: copy the store whole, not only what changed"))


def _place(verb: Parser, **keywords: Any) -> None:
    verb.add_argument(
        "place",
        metavar=_("PLACE"),
        help=_(
            "a folder, a copy in one file, or a place as restic names it (rest:https://…, sftp:…, s3:…); what else "
            "opens it stands in the environment as restic wants it"
        ),
        **keywords,
    )


def _restore(verbs: Any) -> None:
    verb = _verb(verbs, "restore", _("bring a practice back from a place of backups, to a folder that is empty"))
    _place(verb)
    verb.add_argument("--list", action="store_true", help=_("only show which copies there are"))
    verb.add_argument("--at", default="", metavar=_("COPY"), help=_("which copy (default: the newest)"))
    verb.add_argument(
        "--anchor",
        action="append",
        default=[],
        metavar=_("ANCHOR"),
        help=_("an anchor that the copy must carry, as of “audit verify”; may be given several times"),
    )
    _with_copy(verb)


def _point(verbs: Any) -> None:
    verb = _verb(verbs, "point", _("go back to an earlier point of this practice: look first, then switch"))
    _deeds(
        verb,
        {
            "list": _("the points of a place, or of all"),
            "beside": _("bring a point back beside the practice; nothing of it changes"),
            "lost": _("what switching to it would lose, by name"),
            "look": _("serve it to be looked at; what is written there is thrown away"),
            "switch": _("go on from it; the store from before is kept aside"),
            "back": _("take up the store from before the last switch again"),
            "drop": _("remove what lies beside"),
        },
    )
    verb.add_argument("name", nargs="?", default="", metavar=_("NAME"), help=_("name of the place"))
    verb.add_argument(
        "--at",
        default="",
        metavar=_("POINT"),
        help=_('for beside: a point by its name or by day and hour, "2026-11-30 14:05" (default: the newest)'),
    )
    _number(verb, "--port", _("for look: port to listen on (default 8100)"), default=8100, metavar="PORT")


def _with_copy(verb: Parser) -> None:
    """By which copy of the key it is opened."""
    verb.add_argument(
        "--with",
        dest="kind",
        choices=["passphrase", "sheet"],
        help=_("which copy: the passphrase or the sheet (for verify and recover)"),
    )
    verb.add_argument("--passphrase-stdin", action="store_true", help=_("read the passphrase from standard input"))


def _manage(verbs: Any) -> None:
    verb = _verb(verbs, "manage", _("Django's own commands, for developers"))
    verb.add_argument("command", nargs=argparse.REMAINDER, metavar=_("COMMAND"), help=_("for example: showmigrations"))


# In the order of a practice's life.
_VERBS = (
    _init,
    _serve,
    _demo,
    _practitioner,
    _service,
    _upgrade,
    _store,
    _check,
    _backup,
    _restore,
    _point,
    _key,
    _tls,
    _audit,
    _nomenclature,
    _search,
    _import,
    _export,
    _manage,
)
