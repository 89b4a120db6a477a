/** A program for `go build`. */
export interface GoProgram {
  /** The file to write. */
  file: string;
  /** The package to build, as `go build` takes it. */
  goPackage: string;
  /** String variables that the linker sets, by full name. Default: none. */
  variables?: Record<string, string>;
  /** Build tags. Default: none. */
  tags?: readonly string[];
}

/** Where engine and providers compute most: values on their way between processes, and their comparison. */
const COMPUTING = [
  "std",
  "google.golang.org/protobuf/...",
  "google.golang.org/grpc/...",
  "github.com/pulumi/pulumi/...",
  "github.com/pulumi/pulumi-terraform-bridge/...",
  "github.com/zclconf/go-cty/...",
  "github.com/hashicorp/terraform-plugin-sdk/...",
  "github.com/hashicorp/terraform-plugin-go/...",
  "github.com/vmihailenco/msgpack/...",
];

/**
 * Flags of every compilation, so that all share Go's cache. Without inlining and debug information it takes a quarter less
 * time. Inlining where it counts costs little of that and takes a fifth off a run.
 */
export const goFlags = [
  "-trimpath",
  "-buildvcs=false",
  "-gcflags=all=-l -dwarf=false",
  // Of several that name a package, the last one holds.
  ...COMPUTING.map((packages) => `-gcflags=${packages}=-dwarf=false`),
];

/** Arguments of `go` that build a program. */
export function buildArguments({ file, goPackage, variables = {}, tags = [] }: GoProgram): string[] {
  const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  const tagged = tags.length > 0 ? ["-tags", tags.join(",")] : [];
  return ["build", ...goFlags, "-ldflags", ["-s", "-w", ...set].join(" "), ...tagged, "-o", file, goPackage];
}
