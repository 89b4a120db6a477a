import { properties, timeOf } from "./markdown.ts";

/** What was said at one time. */
interface Turn {
  who: "user" | "assistant";
  /** Milliseconds since 1970; absent where the transcript does not say. */
  at?: number;
  text: string;
  /** Names of the tools that were called. */
  tools: string[];
}

/** A conversation with an agent. */
export interface Session {
  started?: number;
  turns: Turn[];
}

type Line = Record<string, unknown>;

const timeIn = (line: Line | undefined): number | undefined => {
  const at = line?.["timestamp"];
  const time = typeof at === "string" ? Date.parse(at) : at;
  return typeof time === "number" && Number.isFinite(time) ? time : undefined;
};

/** A line that a crash cut short is left out; so is what has no words. */
function lineOf(text: string): Line[] {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null ? [line as Line] : [];
  } catch {
    return [];
  }
}

const partsOf = (content: unknown): Line[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : Array.isArray(content) ? (content as Line[]) : [];

/** What people and agents said; thoughts, and what tools answered, are left out: they are long, and may hold secrets. */
function turnOf(line: Line): Turn[] {
  const message = line["message"] as Line | undefined;
  const who = message?.["role"];
  if (line["type"] !== "message" || message === undefined || (who !== "user" && who !== "assistant")) return [];
  const parts = partsOf(message["content"]);
  const text = parts.flatMap((part) => (part["type"] === "text" ? [String(part["text"]).trim()] : [])).join("\n\n");
  const tools = parts.flatMap((part) => (part["type"] === "toolCall" ? [String(part["name"])] : []));
  if (text === "" && tools.length === 0) return [];
  const at = timeIn(line) ?? timeIn(message);
  return [{ who, text, tools, ...(at === undefined ? {} : { at }) }];
}

/** A transcript: a JSON object on each line. */
export function readSession(transcript: string): Session {
  const lines = transcript.split("\n").flatMap(lineOf);
  const started = timeIn(lines.find((line) => line["type"] === "session"));
  return { turns: lines.flatMap(turnOf), ...(started === undefined ? {} : { started }) };
}

function turnText({ who, at, text, tools }: Turn): string {
  const head = `## ${who}${at === undefined ? "" : ` · ${timeOf(at)}`}`;
  const called = tools.length === 0 ? "" : `*called: ${tools.join(", ")}*`;
  return [head, text, called].filter((part) => part !== "").join("\n\n");
}

/** A conversation as Markdown. */
export function sessionNote({ agent, id, started, turns }: Session & { agent: string; id: string }): string {
  const about = {
    agent,
    session: id,
    started: started === undefined ? undefined : timeOf(started),
    turns: turns.length,
  };
  return `${properties(about)}\n${[`# ${agent}, ${id}`, ...turns.map(turnText)].join("\n\n")}\n`;
}
