/** Something that an action is about. */
export interface Reference {
  id: number;
  type: "server" | "firewall" | "network";
}

/** Work that the API has taken on: `running`, and after a while `success` or `error`. */
export interface Action {
  id: number;
  command: string;
  status: "running" | "success" | "error";
  progress: number;
  started: string;
  finished: string | null;
  resources: Reference[];
  error: { code: string; message: string } | null;
}

export class Actions {
  private readonly all: Action[] = [];
  private readonly failing: { command: string; error: { code: string; message: string } }[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  /** How long an action takes, in milliseconds. */
  duration = 50;

  /** Begins an action; `done` takes its effect, unless it fails. */
  start(command: string, resources: Reference[], done: () => void = () => undefined): Action {
    const action: Action = {
      id: 1_500_000_000 + this.all.length,
      command,
      status: "running",
      progress: 0,
      started: new Date().toISOString(),
      finished: null,
      resources,
      error: null,
    };
    this.all.push(action);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.finish(action, done);
    }, this.duration);
    this.timers.add(timer);
    return action;
  }

  /** The next action of a command ends with this error. */
  failNext(command: string, code: string, message: string): void {
    this.failing.push({ command, error: { code, message } });
  }

  /** Those with the ids, or all. */
  list(ids: readonly number[]): Action[] {
    return ids.length === 0 ? this.all : this.all.filter(({ id }) => ids.includes(id));
  }

  /** Whether an action on something is still running: it is locked for others. */
  isBusy({ id, type }: Reference): boolean {
    return this.all.some(
      ({ status, resources }) =>
        status === "running" && resources.some((resource) => resource.id === id && resource.type === type),
    );
  }

  /** Ends the work without its effects. */
  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private finish(action: Action, done: () => void): void {
    const at = this.failing.findIndex(({ command }) => command === action.command);
    const [failure] = at < 0 ? [] : this.failing.splice(at, 1);
    if (failure === undefined) done();
    Object.assign(action, {
      status: failure === undefined ? "success" : "error",
      progress: 100,
      finished: new Date().toISOString(),
      error: failure?.error ?? null,
    });
  }
}
