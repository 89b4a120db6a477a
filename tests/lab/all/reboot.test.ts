import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { Outsider } from "../harness/outsider";
import { PYTHON, SERVE } from "../harness/ports";
import { sharedLabOfAll } from "../harness/shared";

/**
 * A reboot of each host of the whole platform: every service is well again, an audit finds nothing, a preview expects nothing, and at
 * no moment in between does anything answer from outside that nobody has declared.
 */

const HOSTS = ["sese-ai", "seko-vpn", "workstation"];

/** Docker networks of each host, to which somebody on the public side has a route: docs/requirements.md#networks, docs/decisions/hub.md. */
const SUBNETS: Readonly<Record<string, string>> = {
  "sese-ai": "172.20.0.0/16",
  "seko-vpn": "172.21.0.0/16",
  workstation: "172.21.0.0/16",
};

/** Ports of what somebody has started by hand: a container that publishes its port, and a program of the host. */
const [CONTAINER, PROGRAM] = [9000, 9100];

const BY_HAND = `set -eu
tar --dereference --exclude=__pycache__ --exclude=test -C / -c ${PYTHON.join(" ")} | docker import - by-hand:1 >/dev/null
docker run --detach --restart unless-stopped --name by-hand --publish ${CONTAINER}:${CONTAINER} --publish ${CONTAINER}:${CONTAINER}/udp \\
  by-hand:1 python3 -c "$1" ${CONTAINER} >/dev/null
printf %s "$1" > /opt/by-hand.py
printf '[Service]\\nExecStart=/usr/bin/python3 /opt/by-hand.py ${PROGRAM}\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/by-hand.service
systemctl enable --quiet --now by-hand.service`;

const UNDONE = `docker rm --force by-hand >/dev/null 2>&1; docker image rm by-hand:1 >/dev/null 2>&1
systemctl disable --quiet --now by-hand.service; rm -f /etc/systemd/system/by-hand.service /opt/by-hand.py; systemctl daemon-reload`;

/** Addresses of all containers, each with the ports that it listens on. */
const INSIDE = `for id in $(docker ps --quiet); do
  pid=$(docker inspect --format '{{.State.Pid}}' "$id")
  for address in $(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$id"); do
    for port in $(nsenter --target "$pid" --net ss -Hltn | awk '{ print $4 }' | sed 's/.*://' | sort -nu); do
      echo "tcp $address $port"
    done
  done
done`;

let lab: Lab;
let outsider: Outsider;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  outsider = await Outsider.start(lab, "outsider");
}, 2_700_000);

afterAll(() => outsider.remove());

const inside = async (host: LabHost): Promise<string[]> =>
  (await host.output(["sh", "-c", INSIDE])).split("\n").filter(Boolean);

const byHand = ({ publicAddress }: LabHost): string[] =>
  [CONTAINER, PROGRAM].flatMap((port) => [`tcp ${publicAddress} ${port}`, `udp ${publicAddress} ${port}`]);

describe.each(HOSTS)("%s", (name) => {
  let host: LabHost;

  beforeAll(async () => {
    host = await lab.host(name);
    await host.output(["sh", "-c", BY_HAND, "vpai", SERVE]);
    await outsider.output("ip", "route", "replace", SUBNETS[name] ?? "", "via", host.publicAddress);
  }, 120_000);

  afterAll(async () => {
    await host.run(["sh", "-c", UNDONE]);
    await outsider.output("ip", "route", "delete", SUBNETS[name] ?? "");
  }, 120_000);

  test("comes back with all services well, and is closed all the while", async () => {
    const closed = [...byHand(host), ...(await inside(host))];
    expect(closed.length).toBeGreaterThan(10);
    const began = Date.now();
    const ever = await outsider.everWhile(closed, async () => {
      const { stdout } = await lab.makeSucceed(`reboot HOST=${name} YES=1 WAIT=900`);
      expect(stdout).toContain("All of its services are well.");
      console.log(
        `${/let us in again after \d+ s/.exec(stdout)?.[0] ?? ""}: ${name}, all well after ${Math.round((Date.now() - began) / 1000)} s`,
      );
    });
    expect(ever).toEqual([]);
    // What was to be closed ran again, and what is there now has other addresses.
    expect(await host.output(["docker", "inspect", "--format", "{{.State.Running}}", "by-hand"])).toBe("true");
    expect(await host.output(["systemctl", "is-active", "by-hand"])).toBe("active");
    expect(
      await outsider.answering([`tcp ${host.publicAddress} 22`, ...byHand(host), ...(await inside(host))]),
    ).toEqual([`tcp ${host.publicAddress} 22`]);
  }, 1_200_000);

  test("is as the platform has it: an audit is clean, and neither a preview nor a refresh finds a change", async () => {
    await host.run(["sh", "-c", UNDONE]);
    const { code, stdout } = await lab.makeArguments(["-s", "audit", `HOST=${name}`, "FORMAT=json"]);
    const { findings } = JSON.parse(stdout) as { findings: object[] };
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    expect(await lab.preview()).toEqual({});
    expect(await lab.refresh()).toEqual({});
  }, 900_000);
});
