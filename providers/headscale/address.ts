import type { Transport } from "../ssh/transport";

/** Where a Headscale keeps its nodes. */
interface Store {
  container: string;
  /** Absolute path of its SQLite database on the host. */
  database: string;
}

/** Exit code of {@link MOVE} when another node has the address. */
const TAKEN = 46;

/** Gives a node an address, unless another one has it. Arguments: database, id of the node, address. */
const UPDATE = `import sqlite3, sys
database, node, address = sys.argv[1:]
db = sqlite3.connect("file:" + database + "?mode=rw", uri=True)
taken = db.execute("select given_name from nodes where ipv4 = ? and id <> ?", (address, node)).fetchone()
if taken:
    print(taken[0])
    sys.exit(${TAKEN})
with db:
    changed = db.execute("update nodes set ipv4 = ? where id = ?", (address, node)).rowcount
db.close()
sys.exit(0 if changed == 1 else 1)`;

/**
 * Headscale promises no addresses and takes none by its interface: what it has in its database it goes by, which it reads when it
 * starts. Arguments: container, then those of the update.
 */
const MOVE = `set -eu
container=$1; shift
python3 -c 'import sqlite3'
docker stop --time 20 "$container" >/dev/null
trap 'docker start "$container" >/dev/null' EXIT
python3 -c '${UPDATE}' "$@"`;

/**
 * Gives a node an address. Who is in the VPN stays connected; who wants to come in meanwhile, for seconds, tries again.
 * @throws when another node has it
 */
export async function moveNode(
  host: Transport,
  { container, database }: Store,
  { node, address }: { node: string; address: string },
): Promise<void> {
  const { code, stdout, stderr } = await host.run(["sh", "-c", MOVE, "vpai", container, database, node, address]);
  if (code === TAKEN)
    throw new Error(
      `${container} on ${host.name}: expected the address ${address} to be free, found that it is ${stdout.trim()}'s: ` +
        "delete that node (`headscale nodes delete`), or give the host another vpnAddress, then run up again",
    );
  if (code !== 0)
    throw new Error(`${container} on ${host.name}: cannot give a node the address ${address}: ${stderr.trim()}`);
}

const last = new Map<string, Promise<unknown>>();

/** One piece of work on a server after another: while a node is moved, the server answers nobody. */
export async function inTurn<T>(server: string, work: () => Promise<T>): Promise<T> {
  const mine = (last.get(server) ?? Promise.resolve()).then(work, work);
  last.set(
    server,
    mine.catch(() => undefined),
  );
  return mine;
}
