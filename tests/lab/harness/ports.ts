/** Answers `yes` on TCP and UDP, over IPv4 and IPv6; its arguments are ports. */
export const SERVE = `
import socket, sys, threading
def bound(family, kind, port):
    one = socket.socket(family, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6: one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.bind(("", port))
    return one
def tcp(family, port):
    server = bound(family, socket.SOCK_STREAM, port)
    server.listen()
    while True:
        client, _ = server.accept()
        client.sendall(b"yes")
        client.close()
def udp(family, port):
    server = bound(family, socket.SOCK_DGRAM, port)
    while True:
        _, client = server.recvfrom(9)
        server.sendto(b"yes", client)
for port in map(int, sys.argv[1:]):
    for family in (socket.AF_INET, socket.AF_INET6):
        for serve in (tcp, udp): threading.Thread(target=serve, args=(family, port)).start()
`;

/** Prints those of its arguments, each \`tcp <address> <port>\` or \`udp …\`, that answer within 4 seconds. */
export const ASK = `
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def answers(target):
    kind, address, port = target.split()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    one.settimeout(4)
    try:
        one.connect((address, int(port)))
        if kind == "udp": one.send(b"x")
        return target if one.recv(9) else None
    except OSError:
        return None
for target in ThreadPoolExecutor(60).map(answers, sys.argv[1:]):
    if target: print(target)
`;

/** Asks its arguments again and again until standard input ends, and prints each one that ever answers, at once. */
export const WATCH = ASK.replace("settimeout(4)", "settimeout(0.3)").replace(
  /for target in[^]*$/,
  `
import threading
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
pool = ThreadPoolExecutor(60)
while not over.is_set():
    for target in pool.map(answers, sys.argv[1:]):
        if target: print(target, flush=True)
`,
);

/** Files of an image with Python, for \`tar\` on a host that has it. */
export const PYTHON = [
  ...["bin/sh", "bin/sleep", "usr/bin/python3", "$(cd /; echo usr/lib/python3.[0-9]*)", "lib64/ld-linux-x86-64.so.2"],
  ...["libc.so.6", "libm.so.6", "libz.so.1", "libexpat.so.1"].map((library) => `lib/x86_64-linux-gnu/${library}`),
];
