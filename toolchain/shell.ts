/** A line for a POSIX shell that exports a variable with exactly this value, whatever it contains. */
export function shellExport(name: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new Error(`expected the name of a shell variable, found ${JSON.stringify(name)}`);
  return `export ${name}=${shellQuote(value)}`;
}

/** A value as one word of a POSIX shell. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
