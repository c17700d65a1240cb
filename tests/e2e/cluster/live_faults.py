"""Clocks that jump and disks that are full, while the processes run (tests/support/live_faults)."""
import pathlib
import struct

FORM = struct.Struct("=qq")  # seconds by which the wall clock is off, 1 when the disk is full


class LiveFaults:
    """A file per process, by its name; one that starts again under a name finds what was switched on."""

    def __init__(self, library, folder, below):
        self.library, self.folder, self.below = str(library), pathlib.Path(folder), below
        self.seconds_off, self.full = {}, False

    def environment(self, name):
        self.seconds_off.setdefault(name, 0)
        self.write(name)
        return {"LD_PRELOAD": self.library, "LIVE_FAULTS": str(self.file(name)),
                "LIVE_FAULTS_BELOW": ":".join(map(str, self.below))}

    def file(self, name):
        return self.folder / f"{name}.faults"

    def write(self, name):
        # In place: the processes have it mapped.
        with open(self.file(name), "r+b" if self.file(name).exists() else "w+b") as to:
            to.write(FORM.pack(self.seconds_off[name], int(self.full)))

    def set_clock(self, name, seconds_off):
        self.seconds_off[name] = seconds_off
        self.write(name)

    def fill_disk(self, full):
        self.full = full
        for name in list(self.seconds_off):  # others may start meanwhile
            self.write(name)
