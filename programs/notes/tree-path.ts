/** Characters that some file systems leave out of a name, so that `.g<one>it` is `.git` there. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Bytes of UTF-8 that a name may have. */
const NAME_BYTES = 255;

/** Whether a name is, or becomes on some file system, the folder of Git itself. */
const isGit = (name: string): boolean => /^(?:\.git|git~\d+)[. ]*$/i.test(name.replace(IGNORED, ""));

function wrong(name: string): string | undefined {
  if (name === "") return "it has an empty name";
  if (name === "." || name === "..") return "it leaves the tree";
  if (isGit(name)) return "it is Git's own";
  if (name.includes("\0") || name.includes("\\")) return "it has a character that no file may have";
  return Buffer.byteLength(name) > NAME_BYTES ? "a name in it is too long" : undefined;
}

/** Why a note's path must not be written below a folder; undefined where it may. */
export const refusal = (path: string): string | undefined =>
  path
    .split("/")
    .map(wrong)
    .find((why) => why !== undefined);
