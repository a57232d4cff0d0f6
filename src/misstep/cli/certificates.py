"""`misstep prove`, `check`, `show` and `export`."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from misstep.cli.app import BAD_INPUT, NONE_FOUND, UNDECIDED, app, complain
from misstep.errors import InvalidInput
from misstep.report.surroundings import progress_bar

if TYPE_CHECKING:
    pass


@app.command(
    name="prove",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep prove toint/construction.json -o toint.cert.json`
- `misstep prove "adam(learning_rate=1/10)" --function cubic`
- `misstep prove "torch:RMSprop(lr=1e-2)" --plateau 1/4 > rmsprop.cert.json`
- `misstep prove "heavy_ball(learning_rate=1/9, momentum=4/9)" --class strongly-convex --mu 1`
""",
)
def prove_command(
    subject: Annotated[str, Parameter(name="SUBJECT")],
    /,
    *,
    function: str | None = None,
    plateau: str | None = None,
    slope: str = "1",
    class_: Annotated[str, Parameter(name="--class")] = "nonconvex",
    mu: str | None = None,
    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Prove that an optimizer fails: a certificate that `misstep check` accepts, because it was checked.

    Exit status 0 with the certificate; 3 when there is no proof, with the step that fails and by how much, and then
    nothing is written; 2 for bad input.

    Parameters
    ----------
    subject
        The construction.json of `misstep construct`, or an optimizer: one of misstep's such as adam(learning_rate=0.1),
        or one of torch, optax or Keras, which then stands for the recurrence of its documentation.
    function
        Family of functions on which the drift of an optimizer is proved: cubic, spline or plateau.
    plateau
        Half-width ρ of the intervals of constant gradient, in spacings, in [0, 1/2).
    slope
        Size c > 0 of the gradients, exact.
    class_
        Class of functions in which one is looked for: nonconvex, convex or strongly-convex.
    mu
        Strong convexity mu > 0 of the strongly convex class, exact.
    output
        File to write to. Without it the certificate goes to standard output.
    """
    from misstep.proofs import NotProved, prove
    from misstep.proofs.construction import read_construction
    from misstep.report.folder import write_file

    given: Any = subject
    if subject.endswith(".json") or Path(subject).is_file():
        given = read_construction(subject)
        if function is not None or plateau is not None or slope != "1" or class_ != "nonconvex" or mu is not None:
            raise InvalidInput(
                "a construction has its function: --function, --plateau, --slope, --class and --mu are for optimizers"
            )
    try:
        with progress_bar("proving") as advance:
            advance("proving")
            certificate = prove(given, function=function, plateau=plateau, slope=slope, function_class=class_, mu=mu)
    except NotProved as failure:
        print(f"misstep: not proved: {failure}", file=sys.stderr)  # noqa: T201
        return NONE_FOUND
    if output is None:
        print(certificate.to_json(), end="")  # noqa: T201
    else:
        write_file(output, certificate.to_json())
    print(f"PROVED: {certificate.sentence}", file=sys.stderr if output is None else sys.stdout)
    return 0


@app.command(
    name="check",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep check toint.cert.json`
- `misstep check certificates/*.cert.json --json`
""",
)
def check_command(
    files: Annotated[tuple[str, ...], Parameter(name="FILES", negative=(), show_default=False)],
    /,
    *,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Check certificates: files that say how an optimizer fails, and why, without trusting what wrote them.

    A row for each: PROVED, and then the claim is true; REFUTED, UNDECIDED or MALFORMED, with the condition that does
    not hold. Exit status 0 when all are PROVED; else 2 when one is MALFORMED, else 1 when one is REFUTED, else 4. 2 for
    bad input, too.

    Parameters
    ----------
    files
        One or more certificates.
    json_
        Print one JSON array, and nothing else, on standard output.
    """
    from misstep.certificates import Checked, Verdict, check

    with progress_bar("checking", len(files)) if sys.stderr.isatty() else nullcontext(_unseen) as advance:
        checked: list[tuple[str, Checked]] = []
        for file in files:
            checked.append((file, check(file)))
            advance(f"{Path(file).name} {checked[-1][1].verdict}")
    if json_:
        rows = [
            {
                "file": file,
                "kind": answer.kind,
                "claim": answer.sentence,
                "verdict": answer.verdict,
                "seconds": answer.seconds,
                "reason": answer.reason,
            }
            for file, answer in checked
        ]
        print(json.dumps(rows, ensure_ascii=True, indent=2))  # noqa: T201
    else:
        from rich.console import Console

        from misstep.report.certificate_table import print_certificates

        print_certificates(checked, Console())
    met = {answer.verdict for _, answer in checked}
    for verdict, status in ((Verdict.MALFORMED, BAD_INPUT), (Verdict.REFUTED, 1), (Verdict.UNDECIDED, UNDECIDED)):
        if verdict in met:
            return status
    return 0


def _unseen(_: str, total: int | None = None) -> None:
    """Progress that nobody watches."""


@app.command(
    name="show",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep show certificates/adam.cert.json`
- `misstep show adam.cert.json --latex -o adam.tex`
- `misstep show adam.cert.json --html -o adam.html`
""",
)
def show_command(
    certificate: Annotated[str, Parameter(name="CERT")],
    /,
    *,
    latex: Annotated[bool, Parameter(negative=())] = False,
    html: Annotated[bool, Parameter(negative=())] = False,
    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Show what a certificate claims, and its proof as a mathematician writes it.

    The certificate is checked first, and only what is PROVED is called a theorem. Exit status 0 when it is, 1 when it
    is REFUTED, 4 when it is UNDECIDED, 2 when it is no certificate.

    Parameters
    ----------
    certificate
        A certificate: a file as misstep writes it.
    latex
        Write an article that pdflatex compiles.
    html
        Write one self-contained page, with a figure where f is a function of one variable.
    output
        File to write to. Without it the result goes to standard output.
    """
    from misstep.report.certificate.files import print_shown, rendered, shown_certificate
    from misstep.report.folder import write_file

    if latex and html:
        raise InvalidInput("--latex and --html are two files: choose one of them")
    shown = shown_certificate(certificate)
    form = "latex" if latex else "html" if html else "text"
    if output is not None:
        write_file(output, rendered(shown, form))
    elif form == "text":
        from rich.console import Console

        print_shown(shown, Console())
    else:
        print(rendered(shown, form), end="")  # noqa: T201
    return {"PROVED": 0, "REFUTED": 1, "UNDECIDED": UNDECIDED}[shown.document.verdict]


@app.command(
    name="export",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep export drift.cert.json --coq -o drift.v`
- `misstep export drift.cert.json --coq | less`
""",
)
def export_command(
    certificate: Annotated[str, Parameter(name="CERT")],
    /,
    *,
    coq: Annotated[bool, Parameter(negative=())] = False,
    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Write a certificate as a file for a proof assistant, which then checks it by its own rules.

    The file needs nothing but the standard library of Coq, and ends by printing what its theorems rest on. Exit status
    0 when it was written, 2 for bad input, 3 where claims of this kind have no export.

    Parameters
    ----------
    certificate
        File that holds a certificate.
    coq
        Write a file for Coq, to be compiled with coqc.
    output
        File to write to, whole or not at all; standard output, unless told.
    """
    from misstep.certificates import Verdict, read_checked
    from misstep.exports import NoExport, to_coq
    from misstep.report.folder import write_file

    if not coq:
        raise InvalidInput("nothing to write: --coq is the one target")
    document, answer = read_checked(certificate)
    if answer.verdict is not Verdict.PROVED:
        raise InvalidInput(f"{certificate!r} is {answer.verdict}, and there is nothing to export: {answer.reason}")
    try:
        text = to_coq(document)
    except NoExport as error:
        complain(str(error))
        return NONE_FOUND
    if output is None:
        print(text, end="")  # noqa: T201
    else:
        write_file(output, text)
    return 0
