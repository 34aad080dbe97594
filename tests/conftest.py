"""For all tests: numeric libraries keep to one thread each, as the command line tells them to."""

from __future__ import annotations

from babelscope.cli.options import quiet_threads

pytest_plugins = ["postgres"]

quiet_threads()
