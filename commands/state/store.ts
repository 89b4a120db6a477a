/**
 * Where a backend of the engine keeps its files: a folder, or a bucket. Keys are relative to the backend's root and have
 * slashes between their parts. Every error names the file or object.
 */
export interface StateStore {
  /** How a person finds a key: a path or a URL, without credentials. */
  locate(key: string): string;
  /** The content; undefined when there is none. */
  read(key: string): Promise<Buffer | undefined>;
  /** Writes all of it or nothing. */
  write(key: string, content: Buffer): Promise<void>;
  /** Keys directly below a folder (`a/b`), sorted; none where there is no folder. */
  list(folder: string): Promise<string[]>;
  /** What is not there is no error. */
  remove(key: string): Promise<void>;
  /** Writes only while the content is the expected one (undefined: none). @returns whether it did */
  swap(key: string, expected: Buffer | undefined, content: Buffer): Promise<boolean>;
}

/** Keys of the engine and of this program for one stack. */
export interface StateKeys {
  /** The state itself, as the engine writes it. */
  readonly state: string;
  /** The state before the engine's last write. */
  readonly previous: string;
  /** A folder with a file for each run that holds the stack. */
  readonly locks: string;
  /** A folder of ours beside the engine's: copies, and notes about runs. */
  readonly copies: string;
}

/** The project's name in Pulumi.yaml, which is part of the engine's keys. */
const PROJECT = "vpai";

/** Keys for a stack in the engine's layout by projects, which every new backend has. */
export const keysOf = (stack: string): StateKeys => ({
  state: `.pulumi/stacks/${PROJECT}/${stack}.json`,
  previous: `.pulumi/stacks/${PROJECT}/${stack}.json.bak`,
  locks: `.pulumi/locks/organization/${PROJECT}/${stack}`,
  copies: `.pulumi-copies/${PROJECT}/${stack}`,
});
