"""Keeps the worker processes of `sayso serve` running, from a process that is next to empty itself.

`bentoml serve` has BentoML's process manager for this, which imports all of BentoML only to wait.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping

from sayso.errors import SaysoError
from sayso.telemetry import TELEMETRY_OFF

RESTART_AFTER = 1.0
"""Seconds; a worker that cannot start is not to keep the cores busy."""

# Of glibc: otherwise each thread that scores has memory of its own, and keeps what it once needed.
_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_SUPERVISOR = "SERVING_SUPERVISOR"
_STOP = (signal.SIGTERM, signal.SIGINT)
_HEEDED = {*_STOP, signal.SIGHUP, signal.SIGUSR1, signal.SIGALRM, signal.SIGCHLD}


class NotStarted(SaysoError):
    """The first workers ended before any of them could answer."""


def say_ready() -> None:
    """Said by a worker. From now on it stops when the supervisor is gone, as if told to."""
    loop, pipe = asyncio.get_running_loop(), sys.stdin.fileno()

    def is_alone() -> None:
        loop.remove_reader(pipe)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(pipe, is_alone)  # nothing is ever written to it; it ends with the supervisor
    if os.environ.get(_SUPERVISOR) == str(os.getppid()):
        os.kill(os.getppid(), signal.SIGUSR1)


class Supervisor:
    """Starts workers that accept from one socket, and new ones for those that end.

    SIGHUP goes on to each of them. SIGTERM and SIGINT stop them once what is in flight is done; a
    second one ends them at once.
    """

    def __init__(self, listener: socket.socket, workers: int, tell: Callable[[str], None]) -> None:
        self._listener = listener
        self._tell = tell
        self._wanted = range(1, workers + 1)
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._ready = False
        self._stopping = False

    def run(self, greeting: str) -> None:
        """Until it is stopped. The greeting is told once the first worker can answer.

        Raises:
            NotStarted: no worker could be started.
        """
        # Signals are taken one after another, here, so that nothing happens in between.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEEDED)
        try:
            self._start()
            while self._running or (self._ready and not self._stopping):
                self._heed(signal.sigwait(_HEEDED), greeting)
            if not self._ready and not self._stopping:
                raise NotStarted("the server could not start; why stands above")
        finally:
            self._pass_on(signal.SIGKILL)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _heed(self, number: int, greeting: str) -> None:
        if number == signal.SIGUSR1 and not self._ready:
            self._ready = True
            self._tell(greeting)
            self._start()
        elif number == signal.SIGHUP:
            self._pass_on(signal.SIGHUP)
        elif number == signal.SIGCHLD:
            self._reap()
        elif number == signal.SIGALRM and not self._stopping:
            self._start()
        elif number in _STOP:
            self._pass_on(signal.SIGKILL if self._stopping else signal.SIGTERM)
            self._stopping = True

    def _pass_on(self, number: int) -> None:
        for worker in self._running.values():
            worker.send_signal(number)

    def _reap(self) -> None:
        for index, worker in list(self._running.items()):
            if worker.poll() is None:
                continue
            del self._running[index]
            if worker.stdin is not None:
                worker.stdin.close()
            if self._ready and not self._stopping:
                self._tell(f"worker {index} ended ({worker.returncode}); another starts")
                signal.setitimer(signal.ITIMER_REAL, RESTART_AFTER)

    def _start(self) -> None:
        """Start every worker that is missing."""
        environment = {**_FEW_ARENAS, **os.environ, **TELEMETRY_OFF}
        environment[_SUPERVISOR] = str(os.getpid())
        for index in self._wanted:
            if index not in self._running:
                self._running[index] = self._worker(index, environment)

    def _worker(self, index: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        return subprocess.Popen(
            [sys.executable, "-m", "sayso.server.worker", str(descriptor), str(index)],
            env=environment,
            stdin=subprocess.PIPE,  # see `say_ready`
            pass_fds=(descriptor,),
            # Ctrl-C is for the supervisor, which tells them once, as with any other stop.
            start_new_session=True,
            preexec_fn=_unblock,
        )


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEEDED)
