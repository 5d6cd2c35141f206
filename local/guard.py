"""Runs a command and ends it, with everything it started, when standard input closes.

Standard input is a pipe from the process that wants the emulator. It closes when that process stops it, and also when
that process dies in any way, so no emulator and none of its function workers is ever left behind.

usage: guard.py FOLDER COMMAND...   (FOLDER is removed at the end)
"""

import os
import shutil
import signal
import subprocess
import sys
import threading

folder, *command = sys.argv[1:]
child = subprocess.Popen(command, stdin=subprocess.DEVNULL)


def end_with_child() -> None:
    child.wait()
    os.kill(os.getpid(), signal.SIGTERM)


def finish(*_: object) -> None:
    # Kill the whole group, including the workers and this process: nothing in the emulator needs an orderly shutdown.
    child.kill()
    child.wait()
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


signal.signal(signal.SIGTERM, finish)
threading.Thread(target=end_with_child, daemon=True).start()
sys.stdin.buffer.read()
finish()
