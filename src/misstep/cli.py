"""The command line: arguments, one function call a command, and errors in one line."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

from cyclopts import App, CycloptsError, Parameter

from misstep._version import __version__
from misstep.errors import InvalidInput, MisstepError
from misstep.report.surroundings import libraries_aside, progress_bar, traceback_told

if TYPE_CHECKING:
    from misstep.audit import Entry
    from misstep.constructions.gap import FunctionClass
    from misstep.report.folder import OutputFolder
    from misstep.reproduce import Row

BAD_INPUT, NONE_FOUND, UNDECIDED, INTERRUPTED = 2, 3, 4, 130
"""Exit statuses: a user's mistake, a search that found nothing, an undecided check, and Ctrl-C (128 + SIGINT)."""

app = App(
    name="misstep",
    help="Find, prove and watch for the functions on which an optimizer fails.",
    version=__version__,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
app.register_install_completion_command()


@app.command(
    name="reproduce",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep reproduce --out report/`
- `misstep reproduce --alpha 1/3 --only lipschitz bounded`
- `misstep reproduce --quick --json`
""",
)
def reproduce_command(
    *,
    alpha: str = "1/10",
    out: Annotated[str | None, Parameter(name="--out")] = None,
    quick: Annotated[bool, Parameter(negative=())] = False,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
    only: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    workers: int = min(2, os.cpu_count() or 1),
) -> int:
    """Reproduce the paper: every claim, experiment, next check and open question of Toint 2023.

    A table with a row per statement: PROVED in exact or enclosed arithmetic, OBSERVED in floating point, REFUTED or
    UNDECIDED. Exit status 0 when no statement of the paper came out REFUTED or UNDECIDED, 1 when one did, 2 for bad
    input.

    Parameters
    ----------
    alpha
        The paper's stepsize α > 0, exact: a ratio such as 1/3 or a decimal such as 0.1.
    out
        Folder for report.html, report.json and figures/*.svg. Without it nothing is written.
    quick
        Fewer steps and samples, for a first look.
    json_
        Print one JSON object, and nothing else, on standard output.
    only
        Ids of the rows to run; all, unless told.
    workers
        Number of rows to run at the same time.
    """
    from misstep.report.reproduction_files import NAMES, reproduction_files
    from misstep.report.terminal import print_table
    from misstep.reproduce import reproduce
    from misstep.reproduce.reproduction import chosen_statements, stepsize

    # What is asked for is checked before a folder is reserved; `reproduce` checks the rest before it runs a row.
    number, n_rows = stepsize(alpha), len(chosen_statements(only))
    with _folder(out, NAMES) as folder:
        with progress_bar("reproducing", n_rows) as advance:

            def progress(row: Row) -> None:
                advance(f"{row.id} {row.finding.verdict.value}")

            reproduction = reproduce(number, quick=quick, only=only, workers=workers, progress=progress)
        if folder is not None:
            folder.write(reproduction_files(reproduction))
    if json_:
        print(json.dumps(reproduction.to_dict(), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        from rich.console import Console

        print_table(reproduction, Console())
    if out is not None:
        print(f"Report: {Path(out) / 'report.html'}", file=sys.stderr if json_ else sys.stdout)
    return 0 if reproduction.stands else 1


@app.command(
    name="construct",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep construct "torch:Adam(lr=1e-3)"`
- `misstep construct "optax:lion(learning_rate=1e-2)" --class convex`
- `misstep construct "adam(learning_rate=0.1, beta1=0.9)" --plateau 0.25 --family spline --out toint/`
- `misstep construct "torch:SGD(lr=0.1, momentum=0.9)" --class strongly-convex --mu 0.1`
""",
)
def construct_command(
    optimizer: Annotated[str, Parameter(name="SPEC")],
    /,
    *,
    class_: Annotated[str, Parameter(name="--class")] = "nonconvex",
    mu: str | None = None,
    condition: str | None = None,
    family: str = "spline",
    plateau: str | None = None,
    slope: str = "1",
    steps: int = 1000,
    longest: int = 8,
    dimension: str = "1",
    seed: int = 0,
    no_curves: Annotated[bool, Parameter(name="--no-curves", negative=())] = False,
    out: Annotated[str | None, Parameter(name="--out")] = None,
    export: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
    debug: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Construct the smoothest function found on which an optimizer fails.

    The optimizer is run on gradients that were decided first; the function that has them where it asks for them is
    built, and the optimizer is run on that. Exit status 0 when one was found, 3 when none was, 2 for bad input.

    Parameters
    ----------
    optimizer
        An optimizer: a name such as adam, torch:Adam, optax:lion, keras:Adam or mymodule:MyOptimizer, with arguments in
        parentheses.
    class_
        Class of functions: nonconvex, convex or strongly-convex.
    mu
        Strong convexity mu > 0 of the strongly convex class, exact.
    condition
        Condition number κ ≥ 1 in the place of mu: f'' ≥ L/κ.
    family
        How f goes between its nodes: spline (least L), cubic, quintic, sine or smooth-plateau.
    plateau
        Half-width ρ of the intervals of constant gradient, in spacings, in [0, 1/2); unless told, what rounding needs.
    slope
        Size c > 0 of the gradients, exact.
    steps
        Steps to run on the function in float64 and float32, after any transient.
    longest
        Length to which all sign words are tried, at most 12.
    dimension
        Number of variables, or the shape of a matrix such as 2x3; beyond 1, drifts are looked for.
    seed
        Of the random numbers during every run.
    no_curves
        Leave out the least L over slope and learning rate, which takes most of the time.
    out
        Folder for construction.json, function.py, function.tex and figure.svg. Without it nothing is written.
    export
        Also write function_numpy.py, function_torch.py, function_jax.py: any of numpy, torch and jax.
    json_
        Print one JSON object, and nothing else, on standard output.
    debug
        Print the traceback of a mistake too, and the warnings of libraries.
    """
    from misstep.counterexamples import STAGES, construct
    from misstep.report.construction_files import NAMES, check_targets, construction_files
    from misstep.report.construction_table import print_construction

    with traceback_told(wanted=debug):
        check_targets(export)
        shape = _shape(dimension)
        if export and out is None:
            raise InvalidInput("--export needs a folder to write to: --out")
        with _folder(out, NAMES) as folder, libraries_aside(warn=debug):
            with progress_bar("checking", len(STAGES)) as progress:
                found = construct(
                    optimizer,
                    function_class=cast("FunctionClass", class_),
                    mu=mu,
                    condition=condition,
                    family=family,
                    plateau=plateau,
                    slope=slope,
                    n_steps=steps,
                    longest=longest,
                    curves=not no_curves,
                    dimension=shape,
                    seed=seed,
                    progress=progress,
                )
            if folder is not None:
                folder.write(construction_files(found, export))
    if json_:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2, allow_nan=False))  # noqa: T201
    else:
        from rich.console import Console

        print_construction(found, Console(), exact_in="with --json" if out is None else "in construction.json")
    if out is not None:
        print(f"Written to {Path(out)}", file=sys.stderr if json_ else sys.stdout)
    return NONE_FOUND if found.example is None else 0


@app.command(
    name="audit",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep audit torch optax keras pytorch_optimizer --out audit/`
- `misstep audit torch --lr 1e-2 --json`
""",
)
def audit_command(
    libraries: Annotated[tuple[str, ...], Parameter(name="LIBRARIES", negative=(), show_default=False)] = (),
    /,
    *,
    lr: Annotated[str | None, Parameter(name="--lr")] = None,
    time_limit: float = 60.0,
    workers: int = min(2, os.cpu_count() or 1),
    seed: int = 0,
    out: Annotated[str | None, Parameter(name="--out")] = None,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
    debug: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Examine every optimizer of whole libraries: how each fails, and on how smooth a function.

    A row for each, with its default arguments, in a process of its own that may crash or hang without harm. Exit status
    0 when the audit ran, whatever it found; 2 for bad input.

    Parameters
    ----------
    libraries
        One or more of misstep, torch, optax, keras and pytorch_optimizer.
    lr
        Learning rate of every optimizer that takes one, exact; their defaults unless told.
    time_limit
        Seconds for one optimizer, beyond which it is given up.
    workers
        Number of optimizers to examine at the same time.
    seed
        Of the random numbers during every run.
    out
        Folder for audit.html, audit.csv, audit.json, audit.md and constructions/. Without it nothing is written.
    json_
        Print one JSON object, and nothing else, on standard output.
    debug
        Print the traceback of a mistake too, and the warnings of libraries.
    """
    from misstep.audit import audit
    from misstep.report.audit_files import audit_files, audit_names
    from misstep.report.audit_table import print_audit

    names = () if out is None else audit_names(out)
    with traceback_told(wanted=debug), _folder(out, names, drawn=False) as folder, libraries_aside(warn=debug):
        with progress_bar("importing", left=True) as advance:

            def progress(entry: Entry, total: int) -> None:
                result = "not run" if entry.failure is None else entry.failure
                advance(f"{entry.optimizer.partition('(')[0]}: {result}", total)

            found = audit(
                libraries, learning_rate=lr, time_limit=time_limit, workers=workers, seed=seed, progress=progress
            )
        if folder is not None:
            folder.write(audit_files(found))
    document = found.to_dict()
    if json_:
        print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))  # noqa: T201
    else:
        from rich.console import Console

        print_audit(document, Console())
    if out is not None:
        print(f"Page: {Path(out) / 'audit.html'}", file=sys.stderr if json_ else sys.stdout)
    return 0


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
        _complain(str(error))
        return NONE_FOUND
    if output is None:
        print(text, end="")  # noqa: T201
    else:
        write_file(output, text)
    return 0


def _shape(text: str) -> tuple[int, ...]:
    """The numbers of `3` or `2x3`."""
    sizes = text.split("x")
    if not all(size.isascii() and size.isdigit() and len(size) < 4 for size in sizes):
        raise InvalidInput(f"dimension = {text!r} must be a whole number such as 3, or a shape such as 2x3")
    return tuple(int(size) for size in sizes)


def _folder(
    out: str | None, names: Sequence[str], *, drawn: bool = True
) -> AbstractContextManager[OutputFolder | None]:
    """The folder to write to, reserved before any work; nothing where none is wanted."""
    if out is None:
        return nullcontext()
    from misstep.report.folder import output_folder

    return output_folder(out, names, drawn=drawn)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status.

    Args:
        arguments: The words after the program's name; those of the process, unless given.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = app(arguments, print_error=False, exit_on_error=False, result_action="return_value")
    except (CycloptsError, MisstepError) as error:
        status = _complain(str(error))
    except KeyboardInterrupt:
        print("misstep: interrupted; no report was left half-written", file=sys.stderr)  # noqa: T201
        status = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left: no more can be said, and Python's own last flush must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _terminate(number: int, _: object) -> NoReturn:
    """Leave as after Ctrl-C, by way of every clean-up, where plain termination would skip them."""
    raise SystemExit(128 + number)


def _complain(message: str) -> int:
    """One line on standard error."""
    print(f"misstep: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
