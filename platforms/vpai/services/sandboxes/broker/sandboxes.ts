import type { Answer, Engine } from "./engine.ts";
import { idsIn, isObject, objectIn, textIn } from "./engine-answer.ts";
import { forbidden, Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";
import { commandFrom, sandboxFrom } from "./container-request.ts";

/** Seconds without a command after which a sandbox makes room for one that is wanted. */
const MAKES_ROOM = 30;

/** One sandbox that is there. */
interface Sandbox {
  id: string;
  name: string;
  /** Milliseconds. */
  createdAt: number;
  /** When its last command began or ended, in milliseconds. */
  usedAt: number;
  /** How many commands run in it. */
  busy: number;
}

/** A command that was made and may be started. */
interface Command {
  sandbox: Sandbox;
  tty: boolean;
}

const idIn = (answer: Answer, what: string): string => textIn(objectIn(answer, what), "Id", what);

/** The sandboxes that are there, all made by this process: nobody reaches any other container through it. */
export class Sandboxes {
  private readonly running = new Map<string, Sandbox>();
  private readonly commands = new Map<string, Command>();
  /** Names of sandboxes that are being made. */
  private readonly making = new Set<string>();
  private readonly settings: Settings;
  private readonly engine: Engine;
  private readonly imageId: string;
  private readonly now: () => number;

  /** @param imageId of the sandboxes' image @param now milliseconds */
  constructor(settings: Settings, engine: Engine, imageId: string, now: () => number = Date.now) {
    this.settings = settings;
    this.engine = engine;
    this.imageId = imageId;
    this.now = now;
  }

  /** Removes what an earlier process left. */
  async sweep(): Promise<void> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`dev.vpai.sandbox=${this.settings.owner}`] }));
    const answer = await this.engine.ask("GET", `/containers/json?all=1&filters=${filters}`);
    for (const id of idsIn(answer, "the engine's list of sandboxes")) await this.kill(id);
  }

  /** @throws {Refusal} for what no sandbox has, a name that is taken, or one too many */
  async create(name: string, request: unknown): Promise<Answer> {
    const body = sandboxFrom(request, this.imageId, this.settings);
    if (!/^openclaw-sbx-[A-Za-z0-9_.-]{1,50}$/.test(name)) throw forbidden("a name like openclaw-sbx-<session>", name);
    if (this.making.has(name) || this.named(name) !== undefined)
      throw new Refusal(409, `sandbox ${name} exists already`);
    this.making.add(name);
    try {
      await this.makeRoom();
      const answer = await this.engine.ask("POST", `/containers/create?name=${name}`, body);
      if (answer.status === 201) this.add(idIn(answer, "the engine's word on a new sandbox"), name);
      return answer;
    } finally {
      this.making.delete(name);
    }
  }

  async start(name: string): Promise<Answer> {
    return this.engine.ask("POST", `/containers/${this.find(name).id}/start`);
  }

  /** What a client may know of a sandbox. */
  async inspect(name: string): Promise<object> {
    const answer = await this.engine.ask("GET", `/containers/${this.find(name).id}/json`);
    const { Id, Name, Created, State, Config } = objectIn(answer, "the engine's description of a sandbox");
    const { Labels } = isObject(Config) ? Config : {};
    return { Id, Name, Created, State, Config: { Image: this.settings.image, Labels } };
  }

  /** Names and ages of all. */
  list(): object[] {
    return [...this.running.values()].map(({ id, name, createdAt }) => ({
      Id: id,
      Names: [`/${name}`],
      Image: this.settings.image,
      Created: Math.floor(createdAt / 1000),
    }));
  }

  async remove(name: string): Promise<void> {
    await this.drop(this.find(name));
  }

  /** Makes a command in a sandbox, to be started with its id. */
  async command(name: string, request: unknown): Promise<Answer> {
    const sandbox = this.find(name);
    const command = commandFrom(request);
    const answer = await this.engine.ask("POST", `/containers/${sandbox.id}/exec`, command);
    if (answer.status !== 201) return answer;
    this.commands.set(idIn(answer, "the engine's word on a new command"), { sandbox, tty: command["Tty"] === true });
    sandbox.usedAt = this.now();
    return answer;
  }

  /** A command that was made here. @throws {Refusal} for any other */
  commandOf(id: string): { tty: boolean; began: () => void; ended: () => void } {
    const command = this.commands.get(id);
    if (command === undefined) throw new Refusal(404, `No such exec instance: ${id}`);
    const { sandbox, tty } = command;
    const count = (by: 1 | -1) => () => {
      sandbox.busy += by;
      sandbox.usedAt = this.now();
    };
    return { tty, began: count(1), ended: count(-1) };
  }

  /** Kills and removes those whose time is over. */
  async tick(): Promise<void> {
    const { lifetime, idle } = this.settings;
    for (const sandbox of [...this.running.values()]) {
      const over = this.secondsSince(sandbox.createdAt) >= lifetime;
      if (over || (sandbox.busy === 0 && this.secondsSince(sandbox.usedAt) >= idle)) await this.drop(sandbox);
    }
  }

  /** Kills and removes all. */
  async clear(): Promise<void> {
    for (const sandbox of [...this.running.values()]) await this.drop(sandbox);
  }

  private add(id: string, name: string): void {
    this.running.set(id, { id, name, createdAt: this.now(), usedAt: this.now(), busy: 0 });
  }

  /** @throws {Refusal} when all are in use; the one that is being made counts */
  private async makeRoom(): Promise<void> {
    if (this.running.size + this.making.size <= this.settings.count) return;
    const [longest] = [...this.running.values()]
      .filter(({ busy, usedAt }) => busy === 0 && this.secondsSince(usedAt) >= MAKES_ROOM)
      .sort((one, other) => one.usedAt - other.usedAt);
    if (longest === undefined)
      throw new Refusal(
        409,
        `expected at most ${this.settings.count} sandboxes at a time, all are in use: try again later`,
      );
    await this.drop(longest);
    return this.makeRoom();
  }

  private async drop(sandbox: Sandbox): Promise<void> {
    this.running.delete(sandbox.id);
    for (const [id, command] of this.commands) if (command.sandbox === sandbox) this.commands.delete(id);
    await this.kill(sandbox.id);
  }

  private async kill(id: string): Promise<void> {
    const { status, body } = await this.engine.ask("DELETE", `/containers/${id}?force=1&v=1`);
    if (status >= 400 && status !== 404) console.error(`sandbox ${id} was not removed: ${body}`);
  }

  private find(wanted: string): Sandbox {
    const found = this.named(wanted) ?? this.running.get(wanted);
    if (found === undefined) throw new Refusal(404, `No such container: ${wanted}`);
    return found;
  }

  private named(name: string): Sandbox | undefined {
    return [...this.running.values()].find((sandbox) => sandbox.name === name);
  }

  private secondsSince(moment: number): number {
    return (this.now() - moment) / 1000;
  }
}
