import { MASK } from "../../../model/masking";
import { isSecretName } from "./name";

/** A character in the middle of a word; a quote or a bracket there belongs to it. */
const IN_WORD = String.raw`["'\`<>](?=\w)`;

/** What looks like a port is followed by what follows one in a URL or in a sentence. */
const PORT = String.raw`\d{1,5}(?:$|\s|[/?#]|[^\w@](?:\W|$))`;

/**
 * A user name and a password, as far as the @ behind it. What can be no port is a password, whatever is in it, since people
 * forget to encode quotes, brackets and blanks: it ends at the last @ before the next URL, or of the line. What may be a
 * port, or holds something like a URL, is one if an @ follows in the same word, other than that of an image's digest.
 */
const WITH_PASSWORD = new RegExp(
  String.raw`(?<=[a-z\d+.-]://)(?:[^\s/?#:["'\`<>]|${IN_WORD})*:` +
    String.raw`(?:((?!${PORT})(?:(?!://)[^\r\n])*)@|([^\s"'\`<>]{0,1000})@(?!sha\d+:))`,
  "gim",
);

/** A user without a password is a token where a website is asked; elsewhere it is a name. */
const WITH_TOKEN = /(?<=\bhttps?:\/\/)([^\s/?#@:"'`<>]+)@/gi;

/** A parameter and its value, of a URL or of a connection string; `\u0026` is how Go's JSON writes `&`. */
const PARAMETER = new RegExp(String.raw`([?&;]|\\u0026)([\w.-]+)=((?:[^\s&;#"'\`<>\\]|${IN_WORD})+)`, "g");

/** Masks what the URLs and connection strings in a text carry to log in with: passwords, tokens, keys, signatures. */
export const maskUrls = (text: string): string =>
  text
    .replace(WITH_PASSWORD, `${MASK}@`)
    .replace(WITH_TOKEN, `${MASK}@`)
    .replace(PARAMETER, (whole, before: string, name: string) =>
      isSecretName(name) ? `${before}${name}=${MASK}` : whole,
    );

/** The password of a text that is one URL: from the colon behind the user name to the last @. */
const PASSWORD_OF_URL = /^\s*[a-z][a-z\d+.-]*:\/\/[^:/?#]*:(.+)@(?!sha\d+:)/is;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The same as values, as written and decoded: an error may tell one of them outside of its URL. */
export function secretsOfUrl(url: string): string[] {
  // A connection string begins with a parameter.
  const parameters = [...`;${url}`.matchAll(PARAMETER)].flatMap(([, , name = "", value = ""]) =>
    isSecretName(name) ? [value] : [],
  );
  const written = [
    ...(PASSWORD_OF_URL.exec(url)?.slice(1) ?? []),
    ...[...url.matchAll(WITH_PASSWORD)].map(([, password, odd = ""]) => password ?? odd),
    ...[...url.matchAll(WITH_TOKEN)].map(([, token = ""]) => token),
    ...parameters,
  ];
  // A parameter may hold a URL of its own, encoded.
  const within = decoded(url);
  const values = written.flatMap((value) => [value, decoded(value)]).filter((value) => value !== "");
  return [...new Set([...values, ...(within === url ? [] : secretsOfUrl(within))])];
}
