const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

/** Bytes before the index: how long it is, as decimal digits. */
const HEAD = 12;

/**
 * What a process keeps for the next one of its kind, in one file: some bytes for each source file, with the hash of the
 * text that they were made of. They are taken only when that text and they themselves are unchanged, so a file that is
 * old, cut off or damaged costs time and nothing else.
 */
class Store {
  /**
   * @param {string} file need not exist
   * @param {string} maker what the bytes depend on besides the text: a file of another maker counts as empty
   * @param {() => void} [onAdded] called after each addition
   */
  constructor(file, maker, onAdded) {
    this.file = file;
    this.maker = maker;
    this.onAdded = onAdded;
    this.added = new Map();
    this.kept = open(file, maker);
  }

  /**
   * @param {string} source path of the source file
   * @param {string} kind of what is asked for
   * @param {string} text of the source file
   * @returns {Buffer | undefined}
   */
  get(source, kind, text) {
    const entry = this.kept.index[`${kind}:${source}`];
    return entry?.origin === hash(text) ? readEntry(this.kept, entry) : undefined;
  }

  /**
   * @param {string} source
   * @param {string} kind
   * @param {string} text
   * @param {() => Buffer} content asked for when the file is written
   */
  add(source, kind, text, content) {
    this.added.set(`${kind}:${source}`, { source, origin: hash(text), content });
    this.onAdded?.();
  }

  /** Writes what was added beside what the file has by now, without what belongs to source files that are gone. */
  save() {
    if (this.added.size === 0) return;
    const now = open(this.file, this.maker);
    const kept = Object.entries(now.index)
      .filter(([key, { source }]) => !this.added.has(key) && fs.existsSync(source))
      .map(([key, entry]) => [key, entry, readEntry(now, entry)])
      .filter(([, , content]) => content !== undefined);
    const added = [...this.added].map(([key, entry]) => [key, entry, entry.content()]);
    close(now);
    write(this.file, this.maker, [...kept, ...added]);
  }
}

const hash = (content) => createHash("sha1").update(content).digest("base64");

/** An open file with its index; without a file, or with one that cannot be used, an empty index. */
function open(file, expected) {
  let descriptor;
  try {
    descriptor = fs.openSync(file, "r");
    const length = Number(readAt(descriptor, 0, HEAD).toString("latin1"));
    const { maker, index } = JSON.parse(readAt(descriptor, HEAD, length).toString("utf8"));
    if (maker === expected) return { descriptor, start: HEAD + length, index };
  } catch {
    // Not there yet, or damaged: it is written anew.
  }
  close({ descriptor });
  return { descriptor: undefined, start: 0, index: {} };
}

function close({ descriptor }) {
  if (descriptor !== undefined) fs.closeSync(descriptor);
}

function readEntry({ descriptor, start }, entry) {
  try {
    const content = readAt(descriptor, start + entry.start, entry.length);
    return hash(content) === entry.hash ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Not from Node's shared pool, because V8 wants compiled code aligned. */
function readAt(descriptor, position, length) {
  const buffer = Buffer.allocUnsafeSlow(length);
  if (fs.readSync(descriptor, buffer, 0, length, position) !== length) throw new RangeError("the file is cut off");
  return buffer;
}

/** Under a name of this process first, so that nobody reads an unfinished file. */
function write(file, maker, contents) {
  let start = 0;
  const index = {};
  for (const [key, { source, origin }, content] of contents) {
    index[key] = { source, origin, start, length: content.length, hash: hash(content) };
    start += content.length;
  }
  const text = Buffer.from(JSON.stringify({ maker, index }));
  const head = Buffer.from(String(text.length).padEnd(HEAD));
  const unfinished = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(unfinished, Buffer.concat([head, text, ...contents.map(([, , content]) => content)]));
  fs.renameSync(unfinished, file);
}

module.exports = { Store };
