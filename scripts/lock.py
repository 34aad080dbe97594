"""Write requirements.lock and requirements-dev.lock: every version with its hashes, no address of any registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    "-m", "piptools", "compile", "--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras",
    "--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-header", "--no-annotate",
]  # fmt: skip
# Names that squatters hold on the public index (docs/models.md): a lock with one of them is refused.
PLACEHOLDERS = (
    "de-core-news-md", "en-core-web-trf", "ja-core-news-sm", "ko-core-news-sm",
    "ru-core-news-sm", "uk-core-news-sm", "uk-core-news-md", "zh-core-web-sm",
)  # fmt: skip


def compile_lock(target: str, *inputs: str) -> None:
    """Run pip-compile; raise ``SystemExit`` if the lock names an address or a placeholder package."""
    subprocess.run([sys.executable, *COMPILE, "--output-file", target, *inputs], cwd=ROOT, check=True)
    text = (ROOT / target).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    bad = [word for word in ("://", *PLACEHOLDERS) if word in "\n".join(lines)]
    if bad:
        sys.exit(f"{target} must not contain {bad}")
    (ROOT / target).write_text("\n".join(lines).strip() + "\n", encoding="utf-8")


compile_lock("requirements.lock", "--all-build-deps", "--extra", "all", "pyproject.toml")
compile_lock("requirements-dev.lock", "-c", "requirements.lock", "requirements-dev.in")
