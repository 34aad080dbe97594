"""Killing the parent of a pool leaves no worker behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = """
import multiprocessing, time
from babelscope.flow import pool
from babelscope.flow.apply import PipelineSpec
from babelscope.flow.config import Config
from babelscope.model import Document

def batches():
    for n in range(4):
        yield [Document(id=str(n), text="a")]
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(60)

for outcome in pool.run(PipelineSpec(stages=("fakes:Shout",), config=Config()), batches()):
    pass
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]


def test_workers_end_when_their_parent_is_killed() -> None:
    tests = str(Path(__file__).resolve().parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([tests, *filter(None, sys.path)])}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2 and all(map(alive, workers))
        parent.kill()
    until = time.monotonic() + 15
    while any(map(alive, workers)):
        assert time.monotonic() < until, "workers outlive their parent"
        time.sleep(0.05)
