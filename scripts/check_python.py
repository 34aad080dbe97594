"""Say in words what is wrong when Python is too old, instead of failing somewhere in an installation."""

import sys

if sys.version_info < (3, 11):
    sys.exit(f"Babelscope needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11")
