import { vaultPath } from "../paths.ts";
import type { NoteSet, Wanted } from "../wanted.ts";
import { contentOf, filesBelow, type Found, stampOf } from "./files.ts";
import { fenced, plain, properties, timeOf } from "./markdown.ts";
import { readPng } from "./png.ts";
import { type Prompt, readPrompt } from "./prompt.ts";

/** Pictures and films that a program made. */
export interface RendersSettings {
  kind: "renders";
  /** Unique among the collector's sources. */
  name: string;
  folder: string;
  /** Folder of the vault, name by name. */
  into: string[];
  /** The program, for the notes. */
  program: string;
  /** MiB up to which a picture itself comes into the vault beside its note. */
  pictureMiB: number;
}

/** Raised when notes are written in another way: all of them are made anew. */
const FORMAT = 1;

/** What a program writes at this moment is left for the next run. Milliseconds. */
const SETTLED = 60_000;

const PICTURE = /\.(?:png|jpe?g|webp|gif)$/i;
const FILM = /\.(?:mp4|webm|mov|mkv)$/i;

const isRender = (name: string): boolean => PICTURE.test(name) || FILM.test(name);

/** Its time and size name a render: they stay when it is renamed. */
const keyOf = ({ size, mtime }: Found): string => `${size}-${mtime}`;

const isPicture = ({ names, size }: Found, { pictureMiB }: RendersSettings): boolean =>
  PICTURE.test(names.at(-1) ?? "") && size <= pictureMiB * 1024 * 1024;

const pathOf = ({ names }: Found, { into }: RendersSettings, ending = ""): string =>
  vaultPath(...into, ...names.slice(0, -1), `${names.at(-1) ?? ""}${ending}`);

const promptText = ({ texts, models }: Prompt): string[] => [
  ...(models.length === 0 ? [] : [`Models: ${models.map(plain).join(", ")}`, ""]),
  ...texts.flatMap((text) => [fenced(text), ""]),
];

async function noteOf(found: Found, settings: RendersSettings): Promise<Buffer> {
  const png = /\.png$/i.test(found.file) ? await contentOf(found) : Buffer.alloc(0);
  const { width, height, texts } = readPng(png);
  const prompt = readPrompt(texts.get("prompt"));
  const name = found.names.at(-1) ?? "";
  return Buffer.from(
    [
      properties({
        program: settings.program,
        file: found.names.join("/"),
        bytes: found.size,
        made: timeOf(found.mtime),
        width,
        height,
      }),
      `# ${plain(name)}`,
      "",
      ...(isPicture(found, settings) ? [`![[${pathOf(found, settings)}]]`, ""] : []),
      ...(prompt === undefined ? [] : promptText(prompt)),
    ].join("\n"),
  );
}

const common = (found: Found): Pick<Wanted, "ctime" | "mtime"> => ({ ctime: found.ctime, mtime: found.mtime });

async function* notesOf(settings: RendersSettings): AsyncGenerator<Wanted> {
  for await (const found of filesBelow(settings.folder, isRender)) {
    if (found.mtime > Date.now() - SETTLED) continue;
    if (isPicture(found, settings))
      yield {
        ...common(found),
        path: pathOf(found, settings),
        key: `picture ${keyOf(found)}`,
        stamp: stampOf(found),
        content: () => contentOf(found),
      };
    yield {
      ...common(found),
      path: pathOf(found, settings, ".md"),
      key: `note ${keyOf(found)}`,
      stamp: `${FORMAT}-${settings.pictureMiB}-${stampOf(found)}`,
      content: () => noteOf(found, settings),
    };
  }
}

export const rendersSets = (settings: RendersSettings): NoteSet[] => [
  // Renders are cleared away when space is needed; what they were made from stays known.
  { name: settings.name, gone: "keep", notes: () => notesOf(settings) },
];
