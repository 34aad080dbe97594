"""Fuzz the readers of outside bytes with atheris (coverage-guided, libFuzzer): no crash, no hang.

    python scripts/fuzz.py --seconds 600 --target all

Each target runs in a process of its own for its share of the seconds. The corpus starts from small files written for
it (tests/reader_seeds.py) and is kept in --corpus between runs. An input that breaks a law of tests/reader_checks.py
ends its target, is written to --findings and named. Needs ``atheris`` (requirements-dev.in; Linux, CPython 3.11+).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGETS = ("feed", "sitemap", "section", "robots", "warc")
HANG_SECONDS = 10
MAX_BYTES = 8192
MEMORY_MB = 3000
# What is instrumented for coverage; the parsers in C are covered by what they make our code do.
INSTRUMENTED = ["babelscope.collect", "babelscope.govern", "feedparser", "sgmllib", "json"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    parser.add_argument("--target", choices=["all", *TARGETS], default="all")
    parser.add_argument("--corpus", type=Path, default=ROOT / ".fuzz" / "corpus")
    parser.add_argument("--findings", type=Path, default=ROOT / ".fuzz" / "findings")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    targets = TARGETS if options.target == "all" else (options.target,)
    if options.child:
        return fuzz(options.target, options)
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]
    share = max(options.seconds // len(targets), 1)
    return max([run(target, share, options) for target in targets])


def run(target: str, seconds: int, options: argparse.Namespace) -> int:
    """Fuzz one target in a child and print what it did; return 1 if it found something."""
    sow(target, options.corpus / target)
    options.findings.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, "--child", "--target", target, "--seconds", str(seconds)]
    command += ["--corpus", str(options.corpus), "--findings", str(options.findings)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    log = done.stdout + done.stderr
    (options.findings / f"{target}.log").write_text(log, "utf-8")
    runs = re.findall(r"(?:Done |#)(\d+)", log)
    edges = re.findall(r"cov: (\d+)", log)
    verdict = "no finding" if done.returncode == 0 else f"FINDING, see {options.findings / f'{target}.log'}"
    count = max(map(int, runs), default=0)
    print(f"{target}: {count} executions, {edges[-1] if edges else 0} edges in {seconds} s: {verdict}", flush=True)
    return int(done.returncode != 0)


def sow(target: str, corpus: Path) -> None:
    from reader_seeds import SEEDS

    corpus.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[target]:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def fuzz(target: str, options: argparse.Namespace) -> int:
    """Run libFuzzer in this process; it ends the process itself."""
    import atheris

    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        import feedparser  # noqa: F401

        from reader_checks import CHECKS
    quiet()
    arguments = [
        sys.argv[0],
        f"-max_total_time={options.seconds}",
        f"-timeout={HANG_SECONDS}",
        f"-max_len={MAX_BYTES}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={options.findings}/{target}-",
        "-print_final_stats=1",
        str(options.corpus / target),
    ]
    atheris.Setup(arguments, CHECKS[target])
    atheris.Fuzz()
    return 0


def quiet() -> None:
    """Silence what is said of each of millions of broken inputs."""
    import logging
    import warnings

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    raise SystemExit(main())
