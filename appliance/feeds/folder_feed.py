"""Files of any format in a drop folder, one a batch: the format is a pure function of the bytes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from appliance import clock
from appliance.clock import Instant
from appliance.feeds import watch
from appliance.feeds.base import MAX_BYTES, Batch, FeedSettings, Parse, Refusal, Stray
from appliance.feeds.drop_folder import DropFolder, safe_name

log = logging.getLogger(__name__)


def _never(_sha256: str) -> bool:
    return False


class FolderFeed:
    """A folder of files. `monotonic` gives seconds that never step back.

    On a share that may only be read (`read_only`) nothing is written or removed: a file is known by its
    content, for which `is_known` is asked once; what became of it stands in the database and the log.
    """

    def __init__(
        self,
        settings: FeedSettings,
        parse: Parse,
        monotonic: Callable[[], float] = clock.monotonic,
        is_known: Callable[[str], bool] = _never,
    ) -> None:
        self._settings = settings
        self._parse = parse
        self._is_known = is_known
        self._folder = DropFolder(settings.path, monotonic, read_only=settings.read_only)

    @property
    def name(self) -> str:
        return self._settings.name

    def fetch(self, now: Instant) -> Iterator[Batch]:
        for name in self._folder.ready(now):
            taken = self._folder.read(name, MAX_BYTES)
            if taken is None:
                continue
            file, data = taken
            source = safe_name(file.name)
            if data is None:
                refusal = Refusal(
                    "too_large", f"The file is over {MAX_BYTES} bytes", "Export a shorter period"
                )
                yield Batch(self.name, source, "", refusal=refusal, file=file)
            elif self._settings.read_only and self._is_known(hashlib.sha256(data).hexdigest()):
                self._folder.set_aside(file)
            else:
                yield replace(self._parse(data, self._settings, source, now), file=file)

    def done(self, batch: Batch, accepted: int, changed: int, now: Instant) -> None:
        if batch.refusal is not None:
            self.refuse(batch, batch.refusal, now)
        elif self._settings.read_only and batch.file is not None:
            self._folder.set_aside(batch.file)
        else:
            self._folder.finish(batch, accepted, changed, now)

    def refuse(self, batch: Batch, refusal: Refusal, now: Instant) -> None:
        if not self._settings.read_only:
            self._folder.refuse(batch, refusal, now)
        elif batch.file is not None:
            log.error("feed %s: %s: %s. %s", self.name, batch.source, refusal.what, refusal.remedy)
            self._folder.set_aside(batch.file)

    def strays(self) -> tuple[Stray, ...]:
        return self._folder.strays

    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        def ready(name: str) -> None:
            if self._folder.closed(name):
                on_change()

        return watch.watch(self._folder.path, ready, self._folder.touched)
