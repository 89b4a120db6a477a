import type { Answer } from "../channel";

/** What is said of a login user that sudo refuses. @param name of the host, `user@address` */
export function refusedRoot(name: string, { code, stderr }: Answer): string {
  const said = stderr.trim();
  const [, toDo = "Look at the user's rules in sudoers."] = REMEDIES.find(([sign]) => sign.test(said)) ?? [];
  const [user = ""] = name.split("@");
  return (
    `${name}: expected a login user that becomes root by sudo, without a password, found: ${said || `exit code ${code}`}. ` +
    toDo.replaceAll("USER", user)
  );
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/not found/, "Install sudo on the host, or log in as root."],
  [/must have a tty/, "Take `requiretty` away there: `Defaults:USER !requiretty` in /etc/sudoers.d/."],
  [/password is required/, "Put `USER ALL=(ALL) NOPASSWD: ALL` into a file of /etc/sudoers.d/ there."],
  [/not in the sudoers file|not allowed/, "Put `USER ALL=(ALL) NOPASSWD: ALL` into a file of /etc/sudoers.d/ there."],
];
