import { MASK } from "./mask";
import { isSecretName } from "./secret-name";

/** `user:password@` of a URL. A password ends at the last @ before the path, since people forget to encode theirs. */
const WITH_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@:["'`<>]*):([^\s/?#"'`<>]*)@/gi;

/** The same with `/`, `?` or `#` in the password as it is. Digits between colon and slash are a port. */
const WITH_BROKEN_PASSWORD =
  /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@:["'`<>]*):(?!\d+[/?#])([^\s"'`<>@]*[/?#][^\s"'`<>]*)@/gi;

/** A user without a password is a token where a website is asked; elsewhere it is a name. */
const WITH_TOKEN = /\b(https?:\/\/)([^\s/?#@:"'`<>]+)@/gi;

/** A parameter and its value, of a URL or of a connection string; `\u0026` is how Go's JSON writes `&`. */
const PARAMETER = /([?&;]|\\u0026)([\w.-]+)=([^\s&;#"'`<>\\]+)/g;

/** Masks what the URLs and connection strings in a text carry to log in with: passwords, tokens, keys, signatures. */
export const maskUrls = (text: string): string =>
  text
    .replace(WITH_PASSWORD, `$1${MASK}@`)
    .replace(WITH_BROKEN_PASSWORD, `$1${MASK}@`)
    .replace(WITH_TOKEN, `$1${MASK}@`)
    .replace(PARAMETER, (whole, before: string, name: string) =>
      isSecretName(name) ? `${before}${name}=${MASK}` : whole,
    );

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const groupOf = (text: string, pattern: RegExp, group: number): string[] =>
  [...text.matchAll(pattern)].map((match) => match[group] ?? "");

/** The same as values, as written and decoded: an error may tell one of them outside of its URL. */
export function secretsOfUrl(url: string): string[] {
  // A connection string begins with a parameter.
  const parameters = [...`;${url}`.matchAll(PARAMETER)].flatMap(([, , name = "", value = ""]) =>
    isSecretName(name) ? [value] : [],
  );
  const written = [
    ...groupOf(url, WITH_PASSWORD, 3),
    ...groupOf(url, WITH_BROKEN_PASSWORD, 3),
    ...groupOf(url, WITH_TOKEN, 2),
    ...parameters,
  ];
  // A parameter may hold a URL of its own, encoded.
  const within = decoded(url);
  const values = written.flatMap((value) => [value, decoded(value)]).filter((value) => value !== "");
  return [...new Set([...values, ...(within === url ? [] : secretsOfUrl(within))])];
}
