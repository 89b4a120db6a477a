import {
  conditionOf,
  conditionOfUnit,
  type Container,
  inspectContainer,
  PREVIOUS_LABEL,
  PREVIOUS_MARK,
  rebootReasons,
  Transport,
  unitText,
} from "@vpai/providers";
import { labProgram } from "../../lab/images/catalogue";
import { programOf } from "../../lab/program";
import type { UnitHealth } from "../../model/checks";
import type { DeployedHost, DeployedService } from "../stack/hosts";
import { SECONDS } from "../reach/probe";
import { jobOf, type JobRow } from "./jobs";
import { toolOf, type ToolRow } from "./tools";

/** A host, or a service on it, as the table of services shows it. */
interface ServiceRow {
  cells: readonly [host: string, service: string, image: string, program: string, health: string, urls: string];
  /** Whether it is as it has to be. */
  good: boolean;
}

/** All that is told of one host. */
export interface HostStatus {
  services: readonly ServiceRow[];
  jobs: readonly JobRow[];
  tools: readonly ToolRow[];
  /** Why it wants a reboot, a line each. */
  reboot: readonly string[];
}

/** How a host, its services, jobs and tools are. One that may be away and is has one row, and nothing wrong with it. */
export async function statusOf(stack: string, name: string, host: DeployedHost): Promise<HostStatus> {
  const { connection, services, jobs = {}, tools = {}, unreachable = "fail" } = host;
  const transport = new Transport(connection, SECONDS[unreachable] * 1000);
  try {
    const away = await transport.run(["true"]).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (away !== undefined)
      return { services: [awayRow(name, connection.host, unreachable, away)], jobs: [], tools: [], reboot: [] };
    const rows = Object.entries(services).map((entry) => serviceRow(stack, name, transport, entry));
    return {
      services: [reachedRow(name, connection.host), ...(await Promise.all(rows))],
      jobs: await Promise.all(Object.entries(jobs).map(([job, { unit }]) => jobOf(transport, name, job, unit))),
      tools: await Promise.all(Object.entries(tools).map((tool) => toolOf(transport, { stack, host: name }, tool))),
      reboot: (await rebootReasons(transport)).map(
        (reason) => `${name} wants a reboot (make reboot HOST=${name}): ${reason}`,
      ),
    };
  } finally {
    transport.close();
  }
}

const reachedRow = (name: string, address: string): ServiceRow => ({
  cells: [name, "(host)", address, "", "reachable", ""],
  good: true,
});

const awayRow = (name: string, address: string, unreachable: "defer" | "fail", why: string): ServiceRow =>
  unreachable === "defer"
    ? { cells: [name, "(host)", address, "", "offline", ""], good: true }
    : { cells: [name, "(host)", address, "", `unreachable: ${why}`, ""], good: false };

async function serviceRow(
  stack: string,
  host: string,
  transport: Transport,
  [name, service]: [string, DeployedService],
): Promise<ServiceRow> {
  const { container, unit, image = "", program: running = "", urls = [], onDemand } = service;
  const found = container === undefined ? undefined : await inspectContainer(transport, container);
  const previous = found?.Config.Labels?.[PREVIOUS_LABEL];
  const serving = previous ?? image;
  const isOff = onDemand !== undefined && found !== undefined && found.State.Status !== "running";
  const health = isOff
    ? "off"
    : unit === undefined
      ? healthOf(found, previous)
      : await unitHealth(transport, unit, service.health);
  const program = container === undefined ? programOfUnit(stack, service) : programOf(stack, serving);
  return {
    cells: [host, name, container === undefined ? running : serving, program, health, urls.join(" ")],
    good: isOff || health === (unit === undefined || service.health !== undefined ? "healthy" : "active"),
  };
}

/** The lab has some programs from images of its own, the others as production has them. */
const programOfUnit = (stack: string, { program = "", takenFrom }: DeployedService): string =>
  programOf(stack, labProgram(program.split(" ")[0] ?? "") ?? takenFrom);

/** Whether a unit works, and in the version that the stack asks for. */
async function unitHealth(host: Transport, unit: string, health: UnitHealth | undefined): Promise<string> {
  const [condition, text = ""] = await Promise.all([conditionOfUnit(host, unit, health), unitText(host, unit)]);
  return text.startsWith(PREVIOUS_MARK) ? `previous version, ${condition}` : condition;
}

/** The previous version is not what the stack asks for, however healthy it is. */
function healthOf(found: Container | undefined, previous: string | undefined): string {
  if (found === undefined) return "missing";
  return previous === undefined ? conditionOf(found) : `previous version, ${conditionOf(found)}`;
}
