/** A release version: `[major, minor, patch]`. */
export type Version = readonly [number, number, number];

/**
 * Reads the first `1.2.3` in a text such as "v3.250.0", "OpenSSH_9.2p1" or "go version go1.26.8 linux/amd64"; a missing
 * patch counts as 0. Undefined when there is none.
 */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (!match) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Negative, zero or positive as `left` is older than, equal to or newer than `right`. */
export function compareVersions(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** Whether `version` is at least `minimum` within the same major version. */
export function isCompatible(version: Version, minimum: Version): boolean {
  return version[0] === minimum[0] && compareVersions(version, minimum) >= 0;
}

/** `3.250.1` */
export function formatVersion(version: Version): string {
  return version.join(".");
}
