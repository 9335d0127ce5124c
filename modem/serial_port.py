"""A serial port as a ByteStream; the only importer of pyserial.

pyserial opens and sets the port up; reading and writing are our own, on the descriptor: its `read`
waits for a count of bytes, and an unplugged device must wake the reader at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import stat
import termios
import threading
import time
from pathlib import Path

import serial

from modem.errors import PortBusy, PortDenied, PortLost, PortMissing

BAUD = 115_200
WRITE_WITHIN = 5.0
"""Seconds for a write of at most 400 bytes; a port that takes longer has hung."""
_CHUNK = 4096
_PTY_SLAVES = range(136, 144)  # major numbers of /dev/pts/* (Linux Documentation/admin-guide/devices.txt)
_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.EBADF, errno.EPIPE)
_ABSENT = (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ENOTDIR)
_HELD = (errno.EAGAIN, errno.EACCES, errno.EBUSY)
_HANG_UP = select.POLLHUP | select.POLLERR | select.POLLNVAL


def open_serial(path: str, baud: int = BAUD) -> SerialPort:
    """Opens a port for this process alone: no flow control, DTR and RTS on, old input thrown away.

    Raises PortMissing, PortBusy (naming the holder where /proc tells), or PortLost if it goes meanwhile.
    """
    try:
        port = serial.Serial(
            path,
            baudrate=baud,
            timeout=0,
            write_timeout=WRITE_WITHIN,
            exclusive=True,
            rtscts=False,
            dsrdtr=False,
            xonxoff=False,
        )
    except serial.SerialException as error:
        raise _opening_failed(path, error.errno, str(error)) from error
    except OSError as error:
        raise _opening_failed(path, error.errno, str(error)) from error
    except termios.error as error:
        raise _opening_failed(path, error.args[0], str(error)) from error
    return SerialPort(port, path)


class SerialPort:
    """An open port; meets `modem.stream.ByteStream`."""

    def __init__(self, port: serial.Serial, path: str) -> None:
        self.path = path
        self._port = port
        self._fd: int | None = port.fileno()
        self._wake_end, self._waker = os.pipe()
        os.set_blocking(self._wake_end, False)
        os.set_blocking(self._waker, False)
        self._closing = threading.Lock()
        self._locked_out = _lock_others_out(self._fd)
        self._readers = select.poll()
        self._readers.register(self._fd, select.POLLIN)
        self._readers.register(self._wake_end, select.POLLIN)

    def read(self, timeout: float) -> bytes:
        """What has arrived, or b"" after `timeout` seconds or an interrupt."""
        fd = self._open_fd()
        # Rounded up: a rest of half a millisecond must not become a busy loop of empty waits.
        ready = dict(self._readers.poll(-(-timeout * 1000 // 1)))
        if self._wake_end in ready:
            _empty(self._wake_end)
        events = ready.get(fd, 0)
        if not events:
            return b""
        try:
            data = os.read(fd, _CHUNK)
        except BlockingIOError:
            if events & _HANG_UP:
                raise self._gone(None) from None
            return b""
        except OSError as error:
            raise self._gone(error) from error
        if not data:
            raise self._gone(None)
        return data

    def write(self, data: bytes) -> None:
        """All of `data`; a port that does not take it within `WRITE_WITHIN` seconds counts as lost."""
        until = time.monotonic() + WRITE_WITHIN
        while data:
            fd = self._open_fd()
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                self._wait_for_room(fd, until - time.monotonic())
            except OSError as error:
                raise self._gone(error) from error

    def interrupt(self) -> None:
        """Ends a `read` in another thread, or the next one."""
        with self._closing:
            if self._fd is not None:
                try:
                    os.write(self._waker, b"\0")
                except BlockingIOError:
                    return  # the pipe is full of wakes already

    def close(self) -> None:
        """Gives the port back: a dead one held open comes back under another name."""
        with self._closing:
            if self._fd is None:
                return
            if self._locked_out:
                _let_others_in(self._fd)
            self._fd = None
            self._port.close()
            os.close(self._wake_end)
            os.close(self._waker)

    def _wait_for_room(self, fd: int, left: float) -> None:
        writers = select.poll()
        writers.register(fd, select.POLLOUT)
        if left <= 0 or not writers.poll(left * 1000):
            self.close()
            raise PortLost(f"{self.path} takes no more bytes: the modem has hung.")

    def _open_fd(self) -> int:
        if self._fd is None:
            raise PortLost(f"{self.path} is closed.")
        return self._fd

    def _gone(self, error: OSError | None) -> PortLost:
        self.close()
        if error is not None and error.errno not in _GONE:
            return PortLost(f"{self.path} failed: {error.strerror}.")
        return PortLost(f"{self.path} is gone: the modem was unplugged or has reset itself.")


def holders(path: str) -> list[str]:
    """Which programs have the port open, as `pid 812 (ModemManager)`, as far as /proc may be read."""
    try:
        device = os.stat(path).st_rdev
    except OSError:
        return []
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) != os.getpid() and _holds(process, device):
            found.append(f"pid {process.name} ({_command(process)})")
    return found


def _holds(process: Path, device: int) -> bool:
    try:
        descriptors = list((process / "fd").iterdir())
    except OSError:
        return False  # ended meanwhile, or another user's
    for descriptor in descriptors:
        try:
            status = os.stat(descriptor)
        except OSError:
            continue
        if stat.S_ISCHR(status.st_mode) and status.st_rdev == device:
            return True
    return False


def _command(process: Path) -> str:
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"


def _opening_failed(path: str, code: int | None, reason: str) -> PortMissing | PortBusy | PortLost:
    if code == errno.EACCES and not os.access(path, os.R_OK | os.W_OK):
        return PortDenied(f"{path} may not be opened by this user; the udev rule gives it to the service.")
    if code in _HELD:
        who = ", ".join(holders(path)) or "another program"
        return PortBusy(f"{path} is held by {who}. Stop it; only one program can drive a modem.")
    if code in _ABSENT:
        return PortMissing(f"There is no modem at {path}. It is opened as soon as it appears.")
    return PortMissing(f"{path} cannot be used as a serial port ({reason}).")


def _lock_others_out(fd: int) -> bool:
    """Makes further opens fail (TIOCEXCL), for programs that know no lock file.

    Not on a pty: there the mark outlives us as long as the simulator holds the other end, and after
    a crash the next start would find its own port busy.
    """
    if os.major(os.fstat(fd).st_rdev) in _PTY_SLAVES:
        return False
    try:
        fcntl.ioctl(fd, termios.TIOCEXCL)
    except OSError:
        return False  # the flock that pyserial took is enough between well-behaved programs
    return True


def _let_others_in(fd: int) -> None:
    try:
        fcntl.ioctl(fd, termios.TIOCNXCL)
    except OSError:
        return  # the device has gone, and the mark with it


def _empty(pipe: int) -> None:
    try:
        while os.read(pipe, _CHUNK):
            pass
    except BlockingIOError:
        return
