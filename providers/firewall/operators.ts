import type { Transport } from "../ssh/transport";

/** How many of the addresses that the program has logged in from are remembered. */
const REMEMBERED = 10;

/** Prints the address that whoever runs it has logged in from; under sudo, a program above it knows. */
const LOGGED_IN_FROM = `pid=$$
while [ "$pid" -gt 1 ]; do
  from=$(tr '\\0' '\\n' < "/proc/$pid/environ" | sed -n 's/^SSH_CONNECTION=\\([^ ]*\\) .*/\\1/p')
  [ -z "$from" ] || { echo "$from"; exit 0; }
  pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")
done`;

/**
 * Addresses that the program has logged in from, the last ten: who deploys is never banned.
 * @param known those of before
 */
export async function operatorsOf(host: Transport, known: readonly string[] = []): Promise<string[]> {
  const from = (await host.script(LOGGED_IN_FROM, [], { reads: true })).trim();
  return [...known.filter((one) => one !== from), ...(from === "" ? [] : [from])].slice(-REMEMBERED);
}
