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

/**
 * Flags of every compilation, so that all share Go's cache. Without inlining and debug information it takes a quarter less
 * time; these programs wait far more than they compute.
 */
export const goFlags = ["-trimpath", "-buildvcs=false", "-gcflags=all=-l -dwarf=false"];

/** Arguments of `go` that build a program. */
export function buildArguments({ file, goPackage, variables = {}, tags = [] }: GoProgram): string[] {
  const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  const tagged = tags.length > 0 ? ["-tags", tags.join(",")] : [];
  return ["build", ...goFlags, "-ldflags", ["-s", "-w", ...set].join(" "), ...tagged, "-o", file, goPackage];
}
