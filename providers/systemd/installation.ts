import { createHash } from "node:crypto";
import type { Transport } from "../ssh/transport";

/** Where a program comes from, as its host is told. */
export type Source =
  /** One file, or an archive whose single top folder is left out. */
  | { kind: "download"; url: string; sha256: string; unpack: boolean; file: string }
  /** A file or folder of an image; the reference may have a digest. */
  | { kind: "image"; reference: string; path: string; file: string }
  /** Packages of a lock file. @see PATH of the programs that npm runs with */
  | { kind: "npm"; manifest: string; lock: string; path: string }
  /** One package as published, `<name>@<version>`; `integrity` is `sha512-` and Base64. */
  | { kind: "npm-package"; package: string; integrity: string; path: string }
  | { kind: "go"; packages: string[]; path: string }
  | { kind: "apt"; package: string };

/** A version of a program on a host. */
export interface Installed {
  /** Folder of all its versions. */
  folder: string;
  version: string;
}

/** What a version's folder holds, in one line: files with content, links with target, and which of them can be run. */
const DIGEST = `set -eu; export LC_ALL=C
[ -d "$1" ] || exit 44
cd "$1"
{ find . -type f -print0 | sort -z | xargs -0r sha256sum; find . -type l -printf '%p -> %l\\n' | sort
  find . -type f -perm /111 -print | sort; } | sha256sum | cut -d' ' -f1`;

/** Exit code of {@link DIGEST} for a folder that is not there. */
const GONE = 44;

/** Digest of a version's content; undefined when it is not there. */
export async function digestOf(host: Transport, { folder, version }: Installed): Promise<string | undefined> {
  const answer = await host.run(["sh", "-c", DIGEST, "vpai", `${folder}/${version}`], { reads: true });
  if (answer.code === GONE) return undefined;
  if (answer.code !== 0) throw new Error(`${host.name}: cannot read ${folder}/${version}: ${answer.stderr.trim()}`);
  return answer.stdout.trim();
}

/** A version is made beside its place and renamed into it when complete. Arguments: folder, version, then those of the kind. */
const AROUND = (kind: string): string => `set -eu; umask 022; export LC_ALL=C
folder=$1 version=$2; shift 2
new=$folder/.new
rm -rf "$new"; mkdir -p "$new"; trap 'rm -rf "$new"' EXIT
cd "$new"
${kind}
chown -R 0:0 "$new"; chmod -R u+w,go-w,a+rX "$new"; sync -f "$new"
cd /; rm -rf "$folder/.old"
if [ -e "$folder/$version" ]; then mv -T "$folder/$version" "$folder/.old"; fi
mv -T "$new" "$folder/$version"; rm -rf "$folder/.old"`;

/** Ends when the file that was got is not the one that is wanted. Arguments: what it is of, bits of the SHA, the digest in hexadecimal. */
const EXPECT = `expect() {
  found=$("sha$2sum" .download | cut -d' ' -f1)
  [ "$found" = "$3" ] || { echo "expected SHA-$2 $3 of $1, found $found: nothing of it was installed" >&2; exit 45; }
}`;

const UNPACK = "tar --extract --file .download --strip-components 1 --no-same-owner; rm .download";

const SCRIPTS: Readonly<Record<Source["kind"], string>> = {
  download: `url=$1 sha256=$2 unpack=$3 file=$4
${EXPECT}
curl --fail --silent --show-error --location --retry 3 --proto '=http,https' --output .download -- "$url"
expect "$url" 256 "$sha256"
if [ "$unpack" = true ]; then ${UNPACK}
else mkdir -p "$(dirname "$file")"; mv .download "$file"; chmod 0755 "$file"; fi`,
  image: `reference=$1 path=$2 file=$3
docker image inspect "$reference" >/dev/null 2>&1 || docker pull --quiet "$reference" >/dev/null
container=$(docker create --network none "$reference" none)
trap 'docker rm --force "$container" >/dev/null; rm -rf "$new"' EXIT
mkdir -p "$(dirname "$file")"
docker cp --quiet "$container:$path" "$file"`,
  npm: `export PATH="$1:$PATH" HOME="$new"; manifest=$2
printf '%s' "$manifest" >package.json; cat >package-lock.json
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error --cache="$new/.cache" >&2
rm -rf .cache .npm
ln -s node_modules/.bin bin`,
  "npm-package": `export PATH="$1:$PATH" HOME="$new"; package=$2 bits=$3 digest=$4
${EXPECT}
npm pack --ignore-scripts --loglevel=error --cache="$new/.cache" "$package" >/dev/null
mv ./*.tgz .download; rm -rf .cache .npm
expect "$package" "$bits" "$digest"
${UNPACK}`,
  go: `export PATH="$1:$PATH" HOME="$new" GOPATH="$new/.go" GOBIN="$new/bin" GOCACHE="$new/.cache" GOTOOLCHAIN=local CGO_ENABLED=0; shift
for package; do go install -trimpath -ldflags '-s -w' "$package" >&2; done
chmod -R u+w .go; rm -rf .go .cache`,
  apt: `package=$1
apt-get download -qq "$package=$version" >&2
dpkg-deb --extract ./*.deb "$new"; rm ./*.deb`,
};

/** @returns what the kind's script gets, and its standard input */
function given(source: Source): { args: string[]; stdin?: string } {
  switch (source.kind) {
    case "download":
      return { args: [source.url, source.sha256, String(source.unpack), source.file] };
    case "image":
      return { args: [source.reference, source.path, source.file] };
    case "npm":
      return { args: [source.path, source.manifest], stdin: source.lock };
    case "npm-package":
      return { args: [source.path, source.package, ...digestIn(source.integrity)] };
    case "go":
      return { args: [source.path, ...source.packages] };
    case "apt":
      return { args: [source.package] };
  }
}

/** Bits of the SHA, and the digest in hexadecimal digits. */
function digestIn(integrity: string): [bits: string, digest: string] {
  const [, bits = "", digest = ""] = /^sha(256|384|512)-(.*)$/.exec(integrity) ?? [];
  if (bits === "") throw new Error(`expected a checksum such as sha512-…, found ${integrity}`);
  return [bits, Buffer.from(digest, "base64").toString("hex")];
}

/** Installs a version, in place of what is there under its name. @throws before that changes when it cannot be had */
export async function install(host: Transport, { folder, version }: Installed, source: Source): Promise<void> {
  const { args, stdin } = given(source);
  await host.script(AROUND(SCRIPTS[source.kind]), [folder, version, ...args], stdin === undefined ? {} : { stdin });
}

/** Notes beside a version what was installed and from where, so that another run knows it again. */
const NOTE = `set -eu
printf '%s %s\\n' "$3" "$4" >"$1/.$2.new"; mv -fT "$1/.$2.new" "$1/.$2.installed"`;

const READ_NOTE = `cat "$1/.$2.installed" 2>/dev/null || true`;

/** @returns the content that was installed from this source under that version; undefined when nobody knows */
export async function installedFrom(
  host: Transport,
  { folder, version }: Installed,
  source: Source,
): Promise<string | undefined> {
  const [digest, from] = (await host.script(READ_NOTE, [folder, version])).trim().split(" ");
  return from === nameOf(source) ? digest : undefined;
}

/** Notes what was installed under a version, and from which source. */
export async function noteInstalled(
  host: Transport,
  { folder, version }: Installed,
  source: Source,
  digest: string,
): Promise<void> {
  await host.script(NOTE, [folder, version, digest, nameOf(source)]);
}

const nameOf = (source: Source): string => createHash("sha256").update(JSON.stringify(source)).digest("hex");
