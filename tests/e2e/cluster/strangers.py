"""Strangers at a port, as no client of millrace is: bytes by hand over TCP, and the beginnings of ZeroMQ's protocol (ZMTP 3.1)."""
import os
import pathlib
import socket
import struct

# A peer that is refused is told at once; one that is forgotten waits this long before the test says so.
PATIENCE_S = 300
PIECE = bytes(1 << 16)


def listening_ports(pid):
    """[(address, port)] that a process listens at, as the kernel has them."""
    sockets = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(os.readlink(entry))
        except FileNotFoundError:
            continue
    ports = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] != "0A" or f"socket:[{words[9]}]" not in sockets:
                continue
            address, port = words[1].split(":")
            raw = b"".join(struct.pack("=I", int(address[i:i + 8], 16)) for i in range(0, len(address), 8))
            ports.append((socket.inet_ntop(family, raw), int(port, 16)))
    return sorted(ports)


class Stranger:
    """A connection that says what it likes. Being cut off is no failure of it."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cut_off = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False: the other side has closed."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.cut_off = True
        return not self.cut_off

    def send_bytes(self, count):
        """So many zeros, or until it is cut off."""
        while count > 0 and self.send(PIECE[:count]):
            count -= len(PIECE)

    def read(self, count):
        """As many bytes, fewer when the other side closes."""
        got = b""
        try:
            while len(got) < count:
                piece = self.socket.recv(min(count - len(got), 1 << 16))
                if not piece:
                    break
                got += piece
        except ConnectionResetError:
            pass
        return got

    def read_to_end(self, most=1 << 20):
        """Until the other side closes."""
        return self.read(most)


def zmtp_greeting(mechanism=b"NULL"):
    return b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + mechanism.ljust(20, b"\0") + bytes(32)


def zmtp_command(name, body):
    content = bytes([len(name)]) + name + body
    return b"\x06" + struct.pack(">Q", len(content)) + content


def zmtp_property(name, value):
    return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value


def zmtp_ready(identity):
    return zmtp_command(b"READY", zmtp_property(b"Socket-Type", b"DEALER") + zmtp_property(b"Identity", identity))


def zmtp_frame(body, more=False, announced=None):
    """`announced`: the length that its head tells."""
    return bytes([0x02 | more]) + struct.pack(">Q", len(body) if announced is None else announced) + body


class ZmtpStranger(Stranger):
    """One that has shaken hands as a link of a process named `name` does; it never answers a heartbeat."""

    def __init__(self, port, name=b"stranger\x1f1"):
        super().__init__(port)
        self.send(zmtp_greeting())
        self.send(zmtp_ready(name))
        if len(self.read(64)) < 64:
            raise SystemExit(f"port {port} does not greet a peer of ZeroMQ")
