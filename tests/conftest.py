"""For all tests: numeric libraries keep to one thread each, as the command line tells them to.

Property tests draw the same examples at every run of `make test`, so that what passes once passes again; with
BABELSCOPE_EXPLORE=1 they draw new ones (then a failure is a find, not an accident).
"""

from __future__ import annotations

import os

from hypothesis import settings

from babelscope.cli.options import quiet_threads

pytest_plugins = ["postgres"]

settings.register_profile("gate", derandomize=True, database=None)
if os.environ.get("BABELSCOPE_EXPLORE") != "1":
    settings.load_profile("gate")

quiet_threads()
