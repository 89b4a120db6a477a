/** Runs at most `limit` tasks at once; the others wait in order. */
export class SessionLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private limit: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await task();
    } finally {
      this.leave();
    }
  }

  /** Lets no more run at once than do now, but one: the server has no room for another. @returns how many those are */
  lower(): number {
    this.limit = Math.max(1, Math.min(this.limit, this.running));
    return this.running;
  }

  /** Gives the place to the next one, unless there are fewer places than before. */
  private leave(): void {
    const next = this.running > this.limit ? undefined : this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
