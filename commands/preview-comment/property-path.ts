/** Steps of a Pulumi property path such as `labels[0].value` or `data["a.b"]`. */
export function parsePath(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    const [, quoted, index, plain] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('\\"', '"'));
  }
  return steps;
}

/** The path of a child. */
export function childPath(parent: string, key: string | number): string {
  if (typeof key === "number") return `${parent}[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `${parent}["${key.replaceAll('"', '\\"')}"]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The value at a path, or undefined where there is none. */
export function valueAt(root: unknown, path: string): unknown {
  return parsePath(path).reduce<unknown>(
    (value, step) =>
      isObject(value) && Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined,
    root,
  );
}

/** Whether a value has members: an object or a list. */
export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
