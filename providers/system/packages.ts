import type { SystemPackage } from "../../model/hardening/packages";
import { CommandError, type Transport } from "../ssh/transport";
import { heldBy, lockHolder, untilUnlocked } from "./package-lock";

/** Prints the host's distribution and, in a line each, those of the packages that are installed. */
const INSTALLED = `. /etc/os-release; echo "$ID"
dpkg-query --show --showformat '\${db:Status-Status} \${binary:Package}\\n' -- "$@" 2>/dev/null | sed -n 's/^installed \\([^:]*\\).*/\\1/p'`;

/**
 * Adds packages, and nothing but adds. What is not known, and what would touch others, have exit codes of their own. Lists of packages are
 * fetched where those that are there do not do. Arguments: seconds to wait for the lock, names.
 */
const ADD = `set -u
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C
seconds=$1; shift
apt() { apt-get -o "DPkg::Lock::Timeout=$seconds" "$@"; }
plan() { apt --simulate --no-upgrade --no-install-recommends install -- "$@" 2>&1; }
add() {
  apt --yes --no-upgrade --no-remove --no-install-recommends -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold install -- "$@" >/dev/null
}
update() { apt -o APT::Update::Error-Mode=any update >/dev/null; }
[ -z "$(dpkg --audit)" ] || dpkg --configure --pending >&2 || exit
planned=$(plan "$@") || { update; planned=$(plan "$@") || { printf '%s\\n' "$planned" | grep '^E:' >&2; exit 46; }; }
touched=$(printf '%s\\n' "$planned" | awk '$1 == "Remv" || ($1 == "Inst" && $3 ~ /^\\[/) { printf "%s ", $2 }')
[ -z "$touched" ] || { echo "$touched" >&2; exit 47; }
add "$@" 2>/dev/null || { update 2>/dev/null; add "$@"; }`;

/** Exit codes of ADD. */
const UNKNOWN = 46;
const WOULD_TOUCH = 47;

/** Packages that a host lacks: of each, the name to install. */
export async function missingPackages(host: Transport, packages: readonly SystemPackage[]): Promise<string[]> {
  const installed = await installedAmong(host, packages);
  return wantedOn(packages, installed.distribution)
    .filter(({ names }) => !names.some((name) => installed.names.has(name)))
    .map(({ names: [first] }) => first);
}

async function installedAmong(
  host: Transport,
  packages: readonly SystemPackage[],
): Promise<{ distribution: string; names: ReadonlySet<string> }> {
  const asked = packages.flatMap(({ names }) => [...names]);
  const [distribution = "", ...names] = (await host.script(INSTALLED, asked, { reads: true })).trim().split("\n");
  return { distribution, names: new Set(names) };
}

const wantedOn = (packages: readonly SystemPackage[], distribution: string): SystemPackage[] =>
  packages.filter(({ on }) => on === undefined || on === distribution);

/**
 * Installs packages beside what is there.
 * @param patience seconds that somebody else may hold the lock
 * @throws one error that says who holds the lock, what would have been touched, or why they cannot be had
 */
export async function addPackages(host: Transport, names: readonly string[], patience: number): Promise<void> {
  const left = await untilUnlocked(host, patience);
  try {
    await host.script(ADD, [String(left), ...names]);
  } catch (error) {
    throw error instanceof CommandError ? await explained(host, names, { patience, error }) : error;
  }
}

interface Failure {
  patience: number;
  error: CommandError;
}

async function explained(host: Transport, names: readonly string[], { patience, error }: Failure): Promise<Error> {
  if (error.meaning !== undefined) return error;
  const { code, stderr } = error.answer;
  const said = stderr.trim().slice(-1500);
  const expected = `${host.name}: expected to install ${names.join(", ")}`;
  const because = (text: string): Error => new Error(text, { cause: error });
  if (/Could not get lock|Unable to acquire the dpkg/.test(stderr)) {
    const holder = await lockHolder(host);
    if (holder !== undefined) return because(heldBy(host, holder, patience));
  }
  if (code === WOULD_TOUCH)
    return because(
      `${expected} beside what is there, found that this would upgrade or remove ${said.split(" ").join(", ")}: ` +
        "bring the host's packages up to date yourself (`apt-get upgrade`), then run up again. Nothing was installed",
    );
  if (code === UNKNOWN || OFFLINE.test(stderr))
    return because(
      `${expected} from the host's package sources, found that they cannot be had there: ${said}. ` +
        "Give the host a way to its mirror (/etc/apt/sources.list*), or install them there, then run up again",
    );
  return because(`${expected}, found: ${said || `exit code ${code}`}. Then run up again`);
}

const OFFLINE =
  /Failed to fetch|Temporary failure resolving|Could not (connect|resolve)|Unable to fetch|Connection refused/;
