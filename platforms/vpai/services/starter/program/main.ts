import { readFileSync } from "node:fs";
import { containersOf } from "./engine.ts";
import { starterServer } from "./server.ts";
import { Starter, type Startable } from "./starter.ts";

/** What the file with the settings says; it is the only argument. */
interface Settings {
  port: number;
  /** Unix socket of the host's engine. */
  engine: string;
  tokenFile: string;
  services: Startable;
}

/** As long as a health gate waits (docs/requirements.md#ansible-error-handling). */
const PATIENCE = { seconds: 200, every: 2 };

const [file = ""] = process.argv.slice(2);
const { port, engine, tokenFile, services } = JSON.parse(readFileSync(file, "utf8")) as Settings;
const starter = new Starter(services, containersOf(engine), PATIENCE);
const server = starterServer(starter, readFileSync(tokenFile, "utf8").trim());
server.listen(port, () => console.log(`starts and stops ${Object.keys(services).join(", ") || "nothing"}`));
process.once("SIGTERM", () => {
  server.closeAllConnections();
  process.exit(0);
});
