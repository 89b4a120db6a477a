import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to a TCP server that is cut once so many bytes went there, and stays cut until it is mended; or that is slow. */
export class CutWay {
  private left = Number.POSITIVE_INFINITY;
  private pause = 0;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** `<address>:<port>`. */
    readonly address: string,
  ) {}

  /** @param host address of this machine that it listens on @param to `<address>:<port>` of the server */
  static async to(to: string, host: string): Promise<CutWay> {
    const [address = "", port = ""] = to.split(":");
    const server = createServer((from) => way.carry(from, connect(Number(port), address)));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const way: CutWay = new CutWay(server, `${host}:${(server.address() as AddressInfo).port}`);
    return way;
  }

  /** Cuts it once so many more bytes went to the server. */
  cutAfter(bytes: number): void {
    this.left = bytes;
  }

  /** Has all that goes to the server take so many milliseconds longer. */
  slowBy(pause: number): void {
    this.pause = pause;
  }

  mend(): void {
    this.left = Number.POSITIVE_INFINITY;
    this.pause = 0;
  }

  /** Whether it was cut. */
  get isCut(): boolean {
    return this.left <= 0;
  }

  close(): void {
    this.server.close();
    for (const socket of this.open) socket.destroy();
  }

  private carry(from: Socket, to: Socket): void {
    const end = (): void => void (from.destroy(), to.destroy(), this.open.delete(from), this.open.delete(to));
    for (const socket of [from, to]) {
      this.open.add(socket);
      socket.on("error", end).on("close", end);
    }
    if (this.isCut) return end();
    to.pipe(from);
    from.on("data", (bytes: Buffer) => {
      const passed = bytes.subarray(0, this.left);
      this.left -= bytes.length;
      // Of one pause, the earlier ones end first.
      if (this.pause > 0) setTimeout(() => to.write(passed), this.pause);
      else to.write(passed);
      if (this.isCut) for (const socket of this.open) socket.destroy();
    });
  }
}
