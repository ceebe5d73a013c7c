"""Keeps the workers of `sayso serve` running: uvicorn's supervisor, with what Sayso promises.

uvicorn replaces workers that end or hang. What differs here, and why:

- Workers are started as programs of their own. `multiprocessing`, which uvicorn uses, runs a
  resource tracker beside them (13 MB) and imports the command line in each (0.1 s).
- SIGHUP is passed on: workers reload the bundle themselves, so that a damaged one ends none.
- A worker that cannot start does not stop the others; the server ends when no other answers.
- A second SIGTERM or Ctrl-C ends all at once, and a stop has a deadline.

POSIX only: it hands descriptors down and counts on SIGHUP.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from sayso.errors import SaysoError
from sayso.server.settings import ServerSettings
from sayso.telemetry import TELEMETRY_OFF

HUNG_AFTER = 20
"""Seconds without an answer after which a worker is replaced."""
START_POLL = 0.02
"""Seconds between two looks at workers that are starting."""
RESTART_AFTER = 1.0
"""Seconds; a worker that cannot start must not keep the cores busy."""
FAILED_STARTS = 3
"""In a row, of workers that were killed, after which the server ends."""
KILL_AFTER = 15.0
"""Seconds that workers get to stop, beyond `stop_seconds` of the requests in flight."""


class NotStarted(SaysoError):
    """No worker could start, or be replaced."""


class _Program(subprocess.Popen[bytes]):
    """A program, with the methods of a `multiprocessing` process that uvicorn calls."""

    @property
    def exitcode(self) -> int | None:
        return self.poll()

    def is_alive(self) -> bool:
        return self.poll() is None

    def join(self) -> None:
        self.wait()


class Worker(Process):
    """A worker process, which runs from the start; the first has the number 1."""

    was_ready = False
    must_reload = False

    def __init__(self, config: uvicorn.Config, listener: socket.socket, number: int) -> None:
        super().__init__(config, [listener])
        self.number = number
        # Both ends of the pipe, as with uvicorn: a worker must not notice when they are closed.
        descriptors = [one.fileno() for one in (listener, self.child_conn, self.parent_conn)]
        # With -P, Python imports nothing from the folder that the server was started in.
        command = [sys.executable, "-P", "-m", "sayso.server.worker", *map(str, descriptors[:2])]
        self.process = _Program(  # type: ignore[assignment]
            [*command, str(number)],
            stdin=subprocess.PIPE,  # never written to; it ends with the supervisor
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C reaches the supervisor only
        )
        self.child_conn.close()  # so that the supervisor's end is closed when the worker ends


class Supervisor(Multiprocess):
    """Starts workers that accept from one socket, and replaces those that end or hang.

    Args:
        report: prints a message for the operator.
        greeting: printed once the first worker can answer.
    """

    processes: list[Worker]  # type: ignore[assignment]

    def __init__(
        self,
        listener: socket.socket,
        settings: ServerSettings,
        report: Callable[[str], None],
        greeting: str,
    ) -> None:
        config = uvicorn.Config(
            "", workers=settings.workers, log_config=None, timeout_worker_healthcheck=HUNG_AFTER
        )
        super().__init__(config, [listener])
        for number in (signal.SIGTTIN, signal.SIGTTOU):  # workers are as many as the settings say
            signal.signal(number, signal.SIG_DFL)
        self._stop_seconds = settings.stop_seconds + KILL_AFTER
        self._report = report
        self._greeting: str | None = greeting
        self._failed_starts = 0
        # For glibc: otherwise each thread that scores has its own memory, and keeps it.
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        os.environ.update({**TELEMETRY_OFF, **settings.for_workers()})

    def run(self) -> None:
        """Run until stopped.

        Raises:
            NotStarted: if no worker could start, or the last one could not be replaced.
        """
        try:
            super().run()
        finally:
            for worker in self.processes:
                worker.kill()
                worker.join()

    def init_processes(self) -> None:
        numbers = range(1, self.processes_num + 1)
        self.processes = [Worker(self.config, self.sockets[0], number) for number in numbers]

    def keep_subprocess_alive(self) -> None:
        self._check_workers()
        # uvicorn looks twice a second; until the first worker answers, somebody waits for it.
        while self._greeting is not None and not (self.signal_queue or self.should_exit.is_set()):
            time.sleep(START_POLL)
            self._check_workers()

    def _check_workers(self) -> None:
        for index, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if worker.is_alive(HUNG_AFTER):
                self._attend(worker)
                continue
            worker.kill()
            worker.join()
            if not worker.was_ready:
                self._count_failed_start(worker)
                time.sleep(RESTART_AFTER)
            self._report(f"worker {worker.number} ended ({worker.exitcode}); another starts")
            self.processes[index] = Worker(self.config, self.sockets[0], worker.number)

    def join_all(self) -> None:
        """Wait for the workers, until a second signal or the deadline."""
        until = time.monotonic() + self._stop_seconds
        while any(worker.exitcode is None for worker in self.processes):
            if {signal.SIGTERM, signal.SIGINT} & {*self.signal_queue} or time.monotonic() > until:
                break
            time.sleep(0.05)

    def handle_hup(self) -> None:
        for worker in self.processes:
            worker.must_reload = True

    def _count_failed_start(self, worker: Worker) -> None:
        """Give up if no other worker answers: at once if this one ended by itself, which it has
        explained, and after a few attempts if it was killed or hung.
        """
        self._failed_starts += 1
        was_killed = worker.exitcode is not None and worker.exitcode < 0
        another_answers = any(one.was_ready and one.exitcode is None for one in self.processes)
        if not another_answers and (not was_killed or self._failed_starts >= FAILED_STARTS):
            raise NotStarted("no worker could start; see the messages above")

    def _attend(self, worker: Worker) -> None:
        """Look whether a worker has become ready; SIGHUP would end one that is not yet."""
        if not worker.was_ready and worker.is_ready(HUNG_AFTER):
            worker.was_ready = True
            self._failed_starts = 0
            if self._greeting is not None:
                self._report(self._greeting)
                self._greeting = None
        if worker.was_ready and worker.must_reload and worker.pid is not None:
            worker.must_reload = False
            os.kill(worker.pid, signal.SIGHUP)
