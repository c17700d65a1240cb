"""How long faults hold up what jobs write, seen in their folders: a sink's writer begins a hidden file with the first row
behind a barrier, and a commit gives it a name that is not hidden. A fault that meets one before it counts that one's gap, too."""
import collections
import ctypes
import os
import statistics
import struct
import threading
import time

IN_MOVED_TO, IN_CREATE = 0x80, 0x100
EVENT = struct.Struct("iIII")  # watch, mask, cookie, length of the name that follows
KINDS = ("a row is processed again", "output is committed again")


class FolderWatch:
    """Notes when files appear, until it is left. A thread of its own reads what the kernel tells (inotify)."""

    def __init__(self, folders):
        library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = library.inotify_init1(os.O_CLOEXEC)
        watches = {library.inotify_add_watch(self.descriptor, os.fsencode(f), IN_CREATE | IN_MOVED_TO): f for f in folders}
        if self.descriptor < 0 or -1 in watches:
            raise OSError(ctypes.get_errno(), "inotify")
        self.watches, self.last = watches, folders[0] / ".watch-ends"
        self.seen = {kind: collections.defaultdict(list) for kind in KINDS}  # seconds, by kind and folder
        self.thread = threading.Thread(target=self.read, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.last.touch()
        self.thread.join()
        self.last.unlink()
        os.close(self.descriptor)

    def read(self):
        while True:
            data, at = os.read(self.descriptor, 1 << 16), time.monotonic()
            while data:
                watch, _, _, length = EVENT.unpack_from(data)
                name = data[EVENT.size:EVENT.size + length].rstrip(b"\0").decode()
                data = data[EVENT.size + length:]
                if name == self.last.name:
                    return
                self.seen[KINDS[0] if name.startswith(".") else KINDS[1]][self.watches[watch]].append(at)

    def gaps(self, begin, end):
        """By kind the longest time, in seconds, of any folder without a file between `begin` and the first one behind `end`."""
        return {kind: max((longest_pause(times, begin, end) for times in by_folder.values()), default=0.0)
                for kind, by_folder in self.seen.items()}


def longest_pause(times, begin, end):
    """0 when nothing comes behind `begin`: the job has ended."""
    longest, last = 0.0, begin
    for at in times:
        if at > begin:
            longest, last = max(longest, at - last), at
        if at > end:
            break
    return longest


def summary(what, gaps):
    """A line: median and 99th percentile in milliseconds. `gaps`: of `FolderWatch.gaps`."""
    parts = []
    for kind in KINDS:
        values = sorted(one[kind] * 1000 for one in gaps)
        p99 = values[min(len(values) - 1, int(len(values) * 0.99))]
        parts.append(f"{kind} after {statistics.median(values):.0f} ms (p99 {p99:.0f} ms)")
    return f"{what}: {len(gaps)} times, " + ", ".join(parts)
