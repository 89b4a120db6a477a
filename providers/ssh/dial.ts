import type { Connection } from "./connection";
import { jumpCommand, proxyCommand } from "./connection";
import { PATIENCE } from "./outage";
import { KEEPALIVE, LOGIN_SECONDS } from "./policy";

/** Where master connections lie, below the user's own home directory: nobody else may write there. */
export const MASTERS = ".cache/vpai/ssh";

/**
 * What OpenSSH starts in place of a TCP connection of its own: it tries until the host's SSH server says its version, for
 * as long as a login may take. What it gives up with stands where the version would: `ssh` shows a version that it cannot
 * read. A text, as the machine that runs a refresh need not have this checkout. It ends when nothing comes any more.
 */
const DIAL = `
const net = require("net"), fs = require("fs"), { spawn } = require("child_process");
const [folder, patience, login, silence, host, port, ...via] = process.argv.slice(1);
const masters = require("path").join(require("os").userInfo().homedir, folder);
fs.mkdirSync(masters, { recursive: true, mode: 0o700 });
fs.chmodSync(masters, 0o700);
const end = () => process.exit();
process.stdout.on("error", end);
const until = Date.now() + Number(patience);
function attempt(pause) {
  const child = via.length > 0 ? spawn(via[0], via.slice(1)) : undefined;
  const socket = child ? undefined : net.connect({ host, port: Number(port), noDelay: true });
  const [from, to] = child ? [child.stdout, child.stdin] : [socket, socket];
  let said = "", fault = "", open = false, over = false;
  const lost = () => {
    if (open) end();
    if (over) return;
    over = true;
    clearTimeout(watch);
    child ? child.kill() : socket.destroy();
    if (Date.now() + pause < until) return void setTimeout(attempt, pause * (0.5 + Math.random()), Math.min(2 * pause, 3000));
    process.stdout.write("SSH-unreachable " + (fault.trim() || said.trim() || "closed").slice(0, 80).replace(/\\s+/g, " ") + "\\r\\n", end);
  };
  let watch = setTimeout(() => { fault ||= "no answer"; lost(); }, Number(login));
  for (const part of child ? [child, from, to] : [socket]) part.on("error", (error) => { fault ||= error.code || error.message; lost(); });
  child?.stderr.on("data", (chunk) => { fault += chunk; });
  (child || from).on("close", lost);
  from.on("data", function first(chunk) {
    if (open) return void watch.refresh();
    said += chunk.toString("latin1");
    if (!/^SSH-/m.test(said)) return;
    open = true;
    clearTimeout(watch);
    watch = setTimeout(end, Number(silence));
    process.stdout.write(Buffer.from(said, "latin1"));
    from.pipe(process.stdout);
    process.stdin.pipe(to);
  });
}
attempt(250);
`;

/** The option ProxyCommand of a connection that is tried again, where the jump host does not let it in at once, too. */
export function dialCommand(connection: Connection): string {
  const { host, port, jump } = connection;
  const silence = KEEPALIVE.seconds * (KEEPALIVE.unanswered + 1) * 1000;
  const via = jump === undefined ? [] : jumpCommand(jump, connection);
  const times = [PATIENCE, LOGIN_SECONDS * 1000, silence].map(String);
  return proxyCommand(["node", "-e", DIAL.trim(), "--", MASTERS, ...times, host, String(port), ...via]);
}
