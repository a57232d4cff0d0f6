"""Fuzz both readers of certificates: python tools/fuzz_certificates.py [--seconds N] [libFuzzer's options].

Atheris guides the inputs by what they reach in the checkers. On every input both have to come back, within 10 seconds
of processor time, with the same verdict. The corpus begins with the shipped certificates and those of the tests; half
of the new inputs are documents with a part exchanged, whose sentence is made anew, the others are changed bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
LONGEST, MEMORY = 10.0, 1500

with atheris.instrument_imports(include=["misstep.certificates", "check_certificate"]):
    import check_certificate

    from misstep.certificates import check_bytes
    from scrambling import is_light, scrambled, seeds, texts


class Fault(Exception):
    """What the fuzzer is after."""


def parsed(data: bytes) -> object:
    """The JSON value in the bytes, or None."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def examine(data: bytes) -> int:
    """Both verdicts on one input; -1 where it is not to be kept."""
    if not is_light(parsed(data)):
        return -1
    began = time.process_time()
    answer = check_bytes(data)
    middle = time.process_time()
    verdict, reason, kind, sentence = check_certificate.check(data)
    ended = time.process_time()
    # What a malformed file would claim is not asked.
    same = (answer.kind, answer.sentence) == (kind, sentence) or verdict == "MALFORMED"
    if answer.verdict != verdict or not same:
        raise Fault(f"{answer.verdict} ({answer.reason}) against {verdict} ({reason})")
    if reason and "this checker failed" in reason:
        raise Fault(reason)
    if max(middle - began, ended - middle) > LONGEST:
        raise Fault(f"{middle - began:.1f} s and {ended - middle:.1f} s")
    return 0


def mutate(data: bytes, longest: int, seed: int) -> bytes:
    """A document with parts exchanged, or changed bytes."""
    rng = random.Random(seed)  # noqa: S311
    document = parsed(data)
    if rng.random() < 0.5 and isinstance(document, dict):
        changed = json.dumps(scrambled(document, rng.randrange, 1 + rng.randrange(3))).encode()
        if len(changed) <= longest:
            return changed
    return bytes(atheris.Mutate(data, longest))


def main() -> None:
    """Run libFuzzer; it ends the process, with status 0 if nothing was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600, help="how long (600)")
    parser.add_argument("--corpus", type=Path, help="a folder to keep the corpus in (none: a temporary one)")
    options, others = parser.parse_known_args()
    # libFuzzer's own limit counts what the process that started this one had; it is set to 0 below.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY << 20, MEMORY << 20))
    corpus = options.corpus or Path(tempfile.mkdtemp(prefix="misstep-fuzz-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for i, text in enumerate(texts(seeds())):
        (corpus / f"seed-{i:03}").write_bytes(text)
    limits = [f"-max_total_time={options.seconds}", "-rss_limit_mb=0", "-timeout=60", "-max_len=65536"]
    given = [option for option in limits if not any(o.startswith(option.partition("=")[0] + "=") for o in others)]
    atheris.Setup([sys.argv[0], *given, *others, str(corpus)], examine, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
