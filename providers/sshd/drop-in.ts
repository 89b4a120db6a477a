/** What sshd of a host is to be. */
export interface Wanted {
  /** Whom it lets in at all, by login name. */
  users: readonly string[];
  /** Effective values by option, as `sshd -T` reports them. */
  options: Readonly<Record<string, string>>;
}

/** Values that a file writes in another way than `sshd -T` reports them. */
const WRITTEN: Readonly<Record<string, string>> = { "without-password": "prohibit-password" };

/** The file that comes before all others. @param port that it has to name, where the others do not lead to it */
export const dropIn = ({ users, options }: Wanted, port: number | undefined): string =>
  [
    "# Written by the platform's stack. The first value of an option wins, and this file is the first one.",
    ...(port === undefined ? [] : [`Port ${port}`]),
    `AllowUsers ${users.join(" ")}`,
    ...Object.entries(options).map(([option, value]) => `${option} ${WRITTEN[value] ?? value}`),
    "",
  ].join("\n");

/** Of Ubuntu's and Debian's `ssh.socket`, which may be off, and then listens nowhere. */
export const socketDropIn = (port: number, hasIpv6: boolean): string =>
  [
    "[Socket]",
    "ListenStream=",
    `ListenStream=0.0.0.0:${port}`,
    ...(hasIpv6 ? [`ListenStream=[::]:${port}`] : []),
    "BindIPv6Only=ipv6-only",
    "",
  ].join("\n");
