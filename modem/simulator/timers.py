"""Time for the simulator: a heap of timers, and one thread that waits for descriptors and timers alike."""

from __future__ import annotations

import heapq
import os
import selectors
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

Action = Callable[[], None]


def wall_clock() -> datetime:
    """The time the simulated network stamps on texts (aware, UTC); a modem knows no other."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, tz=UTC)


class Timer:
    """A call that is due later; `cancel` may come from any thread and at any time."""

    __slots__ = ("action", "due")

    def __init__(self, due: float, action: Action) -> None:
        self.due = due
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None


class Timers:
    """Calls in the order they fall due, equal times in the order they were asked for.

    All times are simulated seconds: `speed` of them pass in one second of `clock`. Adding a timer is
    safe from any thread; `run_due` belongs to one thread, which is the only one that runs actions.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed {speed} must be above 0")
        self._clock = clock
        self._speed = speed
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = count()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Simulated seconds on a clock that never steps back."""
        return self._clock() * self._speed

    def later(self, seconds: float, action: Action) -> Timer:
        """Runs `action` on the simulator's thread in `seconds` (0: at its next turn)."""
        timer = Timer(self.now() + max(0.0, seconds), action)
        with self._lock:
            heapq.heappush(self._heap, (timer.due, next(self._order), timer))
        self._wake()
        return timer

    def wait_needed(self) -> float | None:
        """Real seconds until the next timer is due, or None without one."""
        with self._lock:
            while self._heap and self._heap[0][2].action is None:
                heapq.heappop(self._heap)
            if not self._heap:
                return None
            return max(0.0, (self._heap[0][0] - self.now()) / self._speed)

    def run_due(self) -> int:
        """Runs what is due by now, and what that makes due at once; returns how many ran."""
        ran = 0
        while True:
            with self._lock:
                if not self._heap or self._heap[0][0] > self.now():
                    return ran
                timer = heapq.heappop(self._heap)[2]
            action, timer.action = timer.action, None
            if action is not None:
                ran += 1
                action()

    def _wake(self) -> None:
        """Tells the waiting thread that the heap has changed; without a thread nobody waits."""


class Loop(Timers):
    """Timers with a thread of their own that also watches descriptors; it sleeps until one has news."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, speed: float = 1.0) -> None:
        super().__init__(clock=clock, speed=speed)
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._woken)
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._closed = False

    def start(self) -> None:
        """Starts the thread; starting twice is one start."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="simulated-network", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the action it is in; a stopped loop does not start again.

        Its descriptors are closed, unless it is stopped by an action of its own.
        """
        self._stopping = True
        self._wake()
        if self._thread is not None and threading.current_thread() is not self._thread:
            self._thread.join()
            self._close()

    def call(self, action: Action) -> None:
        """Runs `action` on the simulator's thread and returns when it has run.

        Without a thread it runs here. Raises TimeoutError when the thread is stuck.
        """
        thread = self._thread
        if thread is None or not thread.is_alive() or threading.current_thread() is thread:
            action()
            return
        done = threading.Event()

        def run_and_tell() -> None:
            try:
                action()
            finally:
                done.set()

        self.later(0, run_and_tell)
        if not done.wait(10):
            raise TimeoutError("the simulator's thread does not answer")

    def watch(self, descriptor: int, events: int, ready: Callable[[int], None]) -> None:
        """Calls `ready(events)` whenever `descriptor` is ready; again with other events replaces them."""
        if descriptor in self._selector.get_map():
            self._selector.modify(descriptor, events, ready)
        else:
            self._selector.register(descriptor, events, ready)

    def unwatch(self, descriptor: int) -> None:
        """Forgets `descriptor`; to be called before it is closed."""
        if not self._closed and descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)

    def _run(self) -> None:
        while not self._stopping:
            for key, events in self._selector.select(self.wait_needed()):
                if key.fileobj in self._selector.get_map():  # an earlier one may have closed it
                    key.data(events)
            self.run_due()

    def _close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._selector.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _woken(self, _events: int) -> None:
        os.read(self._wake_read, 4096)

    def _wake(self) -> None:
        if self._thread is None or threading.current_thread() is self._thread:
            return
        with self._lock:
            if self._closed:
                return
            try:
                os.write(self._wake_write, b"\0")
            except BlockingIOError:
                return  # the pipe is full of wake-ups already
