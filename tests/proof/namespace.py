"""``unshare --net python -m tests.proof.namespace PROGRAM…`` runs a program in a network of its own, and tells
every packet that it tried to send anywhere.

In the namespace all addresses there are, of both families, are made this machine's own: an attempt to reach one
gets as far as a packet, which is seen on the loopback device whoever sent it – Python, Qt or a library in C.
Prints one line for each place that was tried, ``tcp 127.0.0.1 8080``, then ``status N`` of the program.
"""

import fcntl
import ipaddress
import socket
import struct
import subprocess
import sys
import threading

# linux/rtnetlink.h, linux/netlink.h, linux/if.h
RTM_NEWROUTE, NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE, NLMSG_ERROR = 24, 0x1, 0x4, 0x400, 2
RT_TABLE_LOCAL, RTPROT_STATIC, RT_SCOPE_HOST, RTN_LOCAL, RTA_OIF = 255, 4, 254, 2, 4
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
ETH_P_ALL = 3
LOOPBACK = "lo"


def main(program: list[str]) -> int:
    _up()
    for family in (socket.AF_INET, socket.AF_INET6):
        _everything_is_here(family)
    capture = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    capture.bind((LOOPBACK, 0))
    capture.settimeout(0.5)
    tried: set[tuple[str, str, int]] = set()
    ended = threading.Event()
    listening = threading.Thread(target=_listen, args=(capture, tried, ended))
    listening.start()
    done = subprocess.run(program, check=False)
    ended.set()
    listening.join()
    for protocol, address, port in sorted(tried):
        print(protocol, address, port)
    print("status", done.returncode)
    return 0


def _up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        name = LOOPBACK.encode().ljust(16, b"\0")
        flags = struct.unpack("16sh", fcntl.ioctl(asking, SIOCGIFFLAGS, name + bytes(2)))[1]
        fcntl.ioctl(asking, SIOCSIFFLAGS, struct.pack("16sh", name, flags | IFF_UP))


def _everything_is_here(family: int) -> None:
    """A local route for all addresses of ``family`` (rtnetlink(7))."""
    route = struct.pack("BBBBBBBBI", family, 0, 0, 0, RT_TABLE_LOCAL, RTPROT_STATIC, RT_SCOPE_HOST, RTN_LOCAL, 0)
    device = struct.pack("HHi", 8, RTA_OIF, socket.if_nametoindex(LOOPBACK))
    length = 16 + len(route) + len(device)
    head = struct.pack("IHHII", length, RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(head + route + device)
        answer = kernel.recv(4096)
    kind, code = struct.unpack_from("H", answer, 4)[0], struct.unpack_from("i", answer, 16)[0]
    if kind == NLMSG_ERROR and code:
        raise OSError(-code, f"no route for family {family}")


def _listen(capture: socket.socket, tried: set[tuple[str, str, int]], ended: threading.Event) -> None:
    while True:
        try:
            packet = capture.recv(65_536)
        except TimeoutError:
            if ended.is_set():
                return
            continue
        if (found := _attempt(packet)) is not None:
            tried.add(found)


def _attempt(packet: bytes) -> tuple[str, str, int] | None:
    """Where a packet was going that begins something: a TCP connection (SYN without ACK), or anything by UDP."""
    if packet[0] >> 4 == 4:
        protocol, to, rest = packet[9], packet[16:20], packet[(packet[0] & 15) * 4 :]
    else:
        protocol, to, rest = packet[6], packet[24:40], packet[40:]
    address = str(ipaddress.ip_address(to))
    port = struct.unpack_from("!H", rest, 2)[0] if len(rest) >= 4 else 0
    if protocol == socket.IPPROTO_TCP:
        return ("tcp", address, port) if rest[13] & 0x12 == 0x02 else None
    if protocol == socket.IPPROTO_UDP:
        return "udp", address, port
    if protocol in (socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6):
        return None  # the kernel's own answer that nobody listens, or its search for neighbours
    return f"protocol-{protocol}", address, 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
