import type { LabHost } from "./host";

/** Runs SQL in the database of a hub's Uptime Kuma, with the program's own driver: what people do in a browser ends there. */
export async function kumaSql(hub: LabHost, statement: string): Promise<unknown[]> {
  const script = `const { Database } = require("@louislam/sqlite3");
    const database = new Database("/app/data/kuma.db");
    database.all(process.argv[1], (error, rows) => { if (error) throw error; console.log(JSON.stringify(rows)); });`;
  return JSON.parse(await hub.docker("exec", "vpn_uptime-kuma", "node", "-e", script, statement)) as unknown[];
}

/** What a job's monitor was last told: `up` or `down`, and in which words; undefined while it was told nothing. */
export async function lastTold(hub: LabHost, monitor: string): Promise<string | undefined> {
  const [last] = (await kumaSql(
    hub,
    "SELECT status, msg FROM heartbeat WHERE monitor_id = " +
      `(SELECT id FROM monitor WHERE type = 'push' AND name = '${monitor}') ORDER BY id DESC LIMIT 1`,
  )) as { status: number; msg: string }[];
  return last === undefined ? undefined : `${last.status === 1 ? "up" : "down"}: ${last.msg}`;
}
