import { pauses } from "../../providers/pauses";
import { unwell } from "../../../../commands/reboot/healthy";
import { secondsOf } from "../../../../commands/reboot/seconds";
import { inspected } from "../../inspected";
import { refused, ScriptedHost } from "../../providers/scripted-host";

test("ten minutes, or as many seconds as were asked for", () => {
  expect([secondsOf(undefined), secondsOf(""), secondsOf("90")]).toEqual([600, 600, 90]);
});

test.each(["0", "-1", "1.5", "ten", "100000"])("WAIT=%s is refused", (given) => {
  expect(() => secondsOf(given)).toThrow(`WAIT: expected seconds, a whole number from 1 to 99999, found ${given}`);
});

const container = (health: string): string => JSON.stringify([inspected({ State: { Health: { Status: health } } })]);

const services = {
  n8n: { container: "vpai_n8n" },
  "n8n-mcp": { unit: "n8n-mcp.service", health: { test: ["mcp-answers"] } },
  opencut: { container: "workstation_opencut", onDemand: ["workstation_opencut"] },
};

/** A host that is asked by commands alone. */
class CommandHost extends ScriptedHost {
  forward<T>(): Promise<T> {
    return Promise.reject(new Error("no stream"));
  }
}

test("services are waited for until all are well; one that runs on demand is not", async () => {
  let looks = 0;
  const host = new CommandHost((argv) => {
    if (argv.includes("workstation_opencut")) throw new Error("not asked for");
    if (argv[0] === "docker") return container((looks += 1) < 3 ? "starting" : "healthy");
    return `LoadState=loaded\nActiveState=${looks < 2 ? "activating" : "active"}\n`;
  });
  expect(await unwell(host, { services }, 60)).toEqual([]);
  expect(looks).toBe(3);
  expect(pauses).toHaveBeenCalledTimes(2);
});

test("a unit that runs is not well before its probe says so", async () => {
  let asked = 0;
  const host = new CommandHost((argv) => {
    if (argv[0] === "docker") return container("healthy");
    if (!argv.includes("mcp-answers")) return "LoadState=loaded\nActiveState=active\n";
    asked += 1;
    return { code: asked < 3 ? 1 : 0, stdout: "", stderr: "" };
  });
  expect(await unwell(host, { services }, 60)).toEqual([]);
  expect(asked).toBe(3);
  const { unit } = services["n8n-mcp"];
  expect(
    await unwell(
      new CommandHost((argv) => (argv.includes("mcp-answers") ? refused("no") : "ActiveState=active\n")),
      { services: { mcp: { unit, health: { test: ["mcp-answers"] } } } },
      -1,
    ),
  ).toEqual(["mcp (unhealthy)"]);
});

test("what is not well in time is named with what was found", async () => {
  const host = new CommandHost((argv) =>
    argv[0] === "docker"
      ? { code: 1, stdout: "", stderr: "Error: No such container: vpai_n8n" }
      : "LoadState=loaded\nActiveState=failed\n",
  );
  expect(await unwell(host, { services }, -1)).toEqual(["n8n (missing)", "n8n-mcp (failed)"]);
});
