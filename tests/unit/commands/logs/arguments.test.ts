import { logCommand } from "../../../../commands/logs/arguments";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const N8N = { container: "vpai_n8n" };
const MCP = { unit: "workstation-n8n-mcp.service" };

test("a container's last 100 lines", () => {
  expect(logCommand(N8N, {}, NOW).join(" ")).toBe("docker logs --timestamps --tail 100 -- vpai_n8n");
});

test("a unit's last 100 lines", () => {
  expect(logCommand(MCP, {}, NOW).join(" ")).toBe(
    "journalctl --quiet --no-pager --output short-iso --unit workstation-n8n-mcp.service --lines 100",
  );
});

test.each([
  ["90s", 1772366310],
  ["15m", 1772365500],
  ["1h", 1772362800],
  ["2d", 1772193600],
  ["2026-03-01T10:00:00Z", 1772359200],
])("all since %s", (SINCE, moment) => {
  expect(logCommand(N8N, { SINCE }, NOW).join(" ")).toBe(`docker logs --timestamps --since ${moment} -- vpai_n8n`);
  expect(logCommand(MCP, { SINCE }, NOW).join(" ")).toMatch(new RegExp(`--lines all --since @${moment}$`));
});

test("what comes, after some lines", () => {
  expect(logCommand(N8N, { FOLLOW: "1", LINES: "5" }, NOW).join(" ")).toContain("--tail 5 --follow");
  expect(logCommand(MCP, { FOLLOW: "1", LINES: "5" }, NOW).join(" ")).toContain("--lines 5 --follow");
});

test.each(["2026-02-30", "2026-03-01 noon", "99999d", "1969-12-31"])("SINCE=%s is no moment of a log", (SINCE) => {
  expect(() => logCommand(N8N, { SINCE }, NOW)).toThrow(`found:    "${SINCE}"`);
});

test("all that is wrong is told at once", () => {
  expect(() => logCommand(N8N, { LINES: "many", SINCE: "yesterday", FOLLOW: "yes" }, NOW)).toThrow(
    /has 3 problems[^]*LINES[^]*"many"[^]*SINCE[^]*"yesterday"[^]*FOLLOW[^]*"yes"/,
  );
});
