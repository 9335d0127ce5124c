"""A unix socket to play the rest of the world with: one JSON object a line in, answers and events out."""

from __future__ import annotations

import json
import os
import selectors
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from modem.simulator.equipment import Sim
from modem.simulator.exchange import Call
from modem.simulator.network import Network, Receipt, Sent
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop

Request = Mapping[str, Any]
LINE_LIMIT = 64 * 1024


class Control:
    """Serves `path` (mode 0600) on the simulator's thread.

    Requests: {"do": "receive", "from", "text", ["to", "wide", "out_of_order", "lost_parts", "after",
    "pid", "dcs"]}, {"do": "receive_pdu", "pdu", ["to", "report"]}, {"do": "ring", ["from", "to",
    "seconds"]}, {"do": "fault", "name", [options]}, {"do": "clear", ["name"]}, {"do": "unplug", ["back"]},
    {"do": "replug"}, {"do": "sim", "number", ["iccid", "imsi", "pin", "places"]}, {"do": "sim", "out":
    true}, {"do": "receipts", "kind", ["for"]}, {"do": "times", ["network_time", "link_time",
    "receipt_after", "reply_after"]}, {"do": "status"}. Each gets {"ok": true, ...} or {"ok": false,
    "error": ...}. Everyone connected gets {"sent": {...}} for each whole text, {"called": {...}} for each
    call that has ended and {"plugged": bool}.
    """

    def __init__(self, path: Path, modem: PtyModem, loop: Loop) -> None:
        self._path = path
        self._modem = modem
        self._network: Network = modem.network
        self._loop = loop
        self._listener: socket.socket | None = None
        self._clients: dict[socket.socket, bytearray] = {}
        self._acts: dict[str, Callable[[Request], dict[str, object]]] = {
            "receive": self._receive,
            "receive_pdu": self._receive_pdu,
            "ring": self._ring,
            "sim": self._sim,
            "fault": self._fault,
            "clear": self._clear,
            "unplug": self._unplug,
            "replug": self._replug,
            "receipts": self._receipts,
            "times": self._times,
            "status": self._status,
        }

    def start(self) -> None:
        """Listens; a socket left over from a killed run is replaced. Raises OSError otherwise."""
        if self._path.exists() and not self._path.is_socket():
            raise FileExistsError(f"{self._path} is a file; the control socket needs a name of its own")
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(fresh))
        fresh.chmod(0o600)
        listener.listen()
        fresh.replace(self._path)  # from the first moment of its name on it answers
        listener.setblocking(False)
        self._listener = listener
        self._network.on_sent = lambda sent: self._tell({"sent": described(sent)})
        self._network.exchange.on_call = lambda call: self._tell({"called": described_call(call)})
        self._modem.on_plugged = lambda plugged: self._tell({"plugged": plugged})
        self._loop.call(lambda: self._loop.watch(listener.fileno(), selectors.EVENT_READ, self._knock))

    def stop(self) -> None:
        """Hangs up on everyone and removes the socket."""
        self._loop.call(self._close)

    def _close(self) -> None:
        for client in list(self._clients):
            self._drop(client)
        if self._listener is not None:
            self._loop.unwatch(self._listener.fileno())
            self._listener.close()
            self._listener = None
            self._path.unlink(missing_ok=True)

    def _knock(self, _events: int) -> None:
        if self._listener is None:
            return
        client, _ = self._listener.accept()
        client.setblocking(False)
        self._clients[client] = bytearray()
        self._loop.watch(client.fileno(), selectors.EVENT_READ, lambda _events: self._hear(client))

    def _hear(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self._drop(client)
            return
        heard = self._clients[client]
        heard += data
        if len(heard) > LINE_LIMIT and b"\n" not in heard:
            self._drop(client)
            return
        *lines, rest = heard.split(b"\n")
        heard[:] = rest
        for line in filter(None, lines):
            self._send(client, self._answer(bytes(line)))

    def _answer(self, line: bytes) -> dict[str, object]:
        try:
            request = json.loads(line)
            act = self._acts[request["do"]]
        except (ValueError, KeyError, TypeError):
            known = ", ".join(self._acts)
            return {"ok": False, "error": f'not a JSON object with "do", which is one of {known}'}
        try:
            return {"ok": True, **act(request)}
        except KeyError as missing:
            return {"ok": False, "error": f"{missing} is missing"}
        except (ValueError, TypeError, OSError) as error:
            return {"ok": False, "error": str(error)}

    def _tell(self, event: Mapping[str, object]) -> None:
        for client in list(self._clients):
            self._send(client, event)

    def _send(self, client: socket.socket, message: Mapping[str, object]) -> None:
        """One line; a client that does not read is dropped, because nothing here may wait for it."""
        data = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        try:
            complete = client.send(data) == len(data)
        except OSError:
            complete = False
        if not complete:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if self._clients.pop(client, None) is not None:
            self._loop.unwatch(client.fileno())
            client.close()

    # -- requests

    def _receive(self, request: Request) -> dict[str, object]:
        self._network.receive(
            str(request["from"]),
            str(request["text"]),
            to=request.get("to"),
            wide=bool(request.get("wide")),
            out_of_order=bool(request.get("out_of_order")),
            lost_parts=tuple(request.get("lost_parts", ())),
            after=float(request.get("after", 0)),
            pid=int(request.get("pid", 0)),
            dcs=request.get("dcs"),
        )
        return {}

    def _receive_pdu(self, request: Request) -> dict[str, object]:
        is_report = bool(request.get("report"))
        self._network.receive_pdu(str(request["pdu"]), to=request.get("to"), is_report=is_report)
        return {}

    def _ring(self, request: Request) -> dict[str, object]:
        seconds = float(request.get("seconds", 20))
        self._network.call(request.get("from"), to=request.get("to"), seconds=seconds)
        return {}

    def _sim(self, request: Request) -> dict[str, object]:
        if request.get("out"):
            self._modem.change_sim(Sim(self._modem.number, is_inserted=False))
            return {}
        sim = Sim(str(request["number"]), pin=str(request.get("pin", "")))
        sim.iccid, sim.imsi = str(request.get("iccid", sim.iccid)), str(request.get("imsi", sim.imsi))
        self._modem.change_sim(sim, int(request.get("places", 20)))
        return {}

    def _fault(self, request: Request) -> dict[str, object]:
        options = {key: value for key, value in request.items() if key not in ("do", "name")}
        self._modem.faults.arm_options(str(request["name"]), options)
        return {}

    def _clear(self, request: Request) -> dict[str, object]:
        self._modem.faults.disarm(request.get("name"))
        return {}

    def _unplug(self, request: Request) -> dict[str, object]:
        self._modem.unplug(back=float(request.get("back", 0)))
        return {}

    def _replug(self, _request: Request) -> dict[str, object]:
        self._modem.replug()
        return {}

    def _receipts(self, request: Request) -> dict[str, object]:
        kind = Receipt(request["kind"])
        if "for" in request:
            self._network.set_receipt(str(request["for"]), kind)
        else:
            self._network.receipts = kind
        return {}

    def _times(self, request: Request) -> dict[str, object]:
        for name in ("network_time", "link_time", "receipt_after", "reply_after"):
            if name in request:
                setattr(self._network, name, float(request[name]))
        return {}

    def _status(self, _request: Request) -> dict[str, object]:
        storage = self._modem.modem.equipment.storage
        return {
            "plugged": self._modem.is_plugged,
            "sent": len(self._network.sent),
            "calls": len(self._network.exchange.calls),
            "waiting": self._network.waiting(self._modem.number),
            "stored": {name: storage[name].used() for name in ("SM", "ME", "SR")},
            "faults": self._modem.faults.names(),
        }


def described(sent: Sent) -> dict[str, object]:
    """A text as the events show it; `at` is ISO 8601 in UTC."""
    return {
        "at": sent.at.isoformat(timespec="milliseconds"),
        "sender": sent.sender,
        "recipient": sent.recipient,
        "text": sent.text,
        "parts": sent.parts,
        "reference": sent.reference,
        "report_requested": sent.report_requested,
        "validity_seconds": sent.validity_seconds,
    }


def described_call(call: Call) -> dict[str, object]:
    """A call as the events show it; `at` is when it ended, ISO 8601 in UTC."""
    return {
        "at": call.at.isoformat(timespec="milliseconds"),
        "from": call.caller,
        "to": call.to,
        "ended": call.ended.value,
        "forwarded_to": call.forwarded_to,
    }
