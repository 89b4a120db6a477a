import { createSocket, type Socket } from "node:dgram";
import net from "node:net";
import { speaksSsh, tcpReached, udpReached } from "../../../../commands/audit/probes";
import { outerAddresses, portsToTry } from "../../../../commands/audit/outside";
import { declared, seen } from "./sample";

const listening = (greeting: string): Promise<net.Server> =>
  new Promise((resolve) => {
    const server = net.createServer((socket) => socket.on("error", () => undefined).end(greeting));
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

const portOf = (server: net.Server): number => (server.address() as net.AddressInfo).port;

test("TCP: somebody answers, and after he has gone nobody does", async () => {
  const server = await listening("");
  const port = portOf(server);
  expect(await tcpReached("127.0.0.1", port)).toBe("open");
  await new Promise((resolve) => server.close(resolve));
  expect(await tcpReached("127.0.0.1", port)).toBe("closed");
});

test("a server of SSH is known by what it says first", async () => {
  const [ssh, other] = await Promise.all([listening("SSH-2.0-OpenSSH_10.0\r\n"), listening("220 mail\r\n")]);
  expect(await speaksSsh("127.0.0.1", portOf(ssh))).toBe(true);
  expect(await speaksSsh("127.0.0.1", portOf(other))).toBe(false);
  ssh.close();
  other.close();
});

/** What is asked on a well-known port of this machine, and whether an answer is seen. */
async function asked(port: number): Promise<{ question: Buffer; reached: string }> {
  const server: Socket = createSocket("udp4");
  const question = new Promise<Buffer>((resolve) =>
    server.once("message", (message, { port: from, address }) => {
      server.send("answer", from, address);
      resolve(message);
    }),
  );
  await new Promise<void>((resolve) => server.bind(port, "127.0.0.2", resolve));
  try {
    return { reached: await udpReached("127.0.0.2", port), question: await question };
  } finally {
    server.close();
  }
}

test("UDP: HTTP/3 is asked for its versions, in a datagram that is large enough", async () => {
  const { question, reached } = await asked(443);
  expect(reached).toBe("open");
  expect(question).toHaveLength(1200);
  expect(question.subarray(0, 5).toString("hex")).toBe("c01a2a3a4a");
});

test("UDP: STUN is asked as Tailscale's nodes do", async () => {
  const { question, reached } = await asked(3478);
  expect(reached).toBe("open");
  expect(question.readUInt16BE(0)).toBe(1);
  expect(question.readUInt16BE(2)).toBe(question.length - 20);
  expect(question.subarray(4, 8).toString("hex")).toBe("2112a442");
  expect(question.toString("latin1")).toContain("tailnode");
  expect(question.subarray(-8, -4).toString("hex")).toBe("80280004");
});

test("UDP: nobody there", async () => {
  expect(await udpReached("127.0.0.3", 3478)).toBe("closed");
});

test("addresses that the world may reach a host on: the declared one, and its own of IPv6", () => {
  expect(outerAddresses(declared, seen())).toEqual(["198.51.100.7", "2001:db8::7"]);
});

test("ports that are tried: declared ones, those that anybody listens on, and well-known ones", () => {
  const there = seen("listener\ttcp LISTEN 0 128 0.0.0.0:4711 0.0.0.0:*");
  const ports = portsToTry(declared, there);
  expect(ports).toEqual(expect.arrayContaining([22, 443, 804, 2375, 2376, 3001, 4711, 5432]));
  expect(ports).not.toContain(39997);
});
