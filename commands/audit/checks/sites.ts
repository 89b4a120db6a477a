import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen } from "../look/seen";
import type { SeenSite } from "../sites";

/** Seconds of a year. */
const YEAR = 31_536_000;

/** A header that every site answers with. */
interface Header {
  name: string;
  expected: string;
  isRight: (value: string) => boolean;
}

const HEADERS: readonly Header[] = [
  {
    name: "strict-transport-security",
    expected: "max-age of a year or more",
    isRight: (value) => Number(/max-age=(\d+)/.exec(value)?.[1] ?? 0) >= YEAR,
  },
  { name: "x-content-type-options", expected: "nosniff", isRight: (value) => value === "nosniff" },
  { name: "x-frame-options", expected: "SAMEORIGIN or DENY", isRight: (value) => /^(SAMEORIGIN|DENY)$/i.test(value) },
  {
    name: "referrer-policy",
    expected: "a policy that tells others no path",
    isRight: (value) => /^(no-referrer|same-origin|strict-origin(-when-cross-origin)?)$/.test(value),
  },
];

const MEND = "compare the host's Caddyfile: make refresh, then make up";

/** How sites answer, against the checklist. */
export function siteFindings(declared: Declared, sites: readonly SeenSite[]): AuditFinding[] {
  const finding = findingsOf(declared.host, "site");
  return sites.flatMap(({ hostname, headers, takesOldTls }) => {
    if (headers === undefined)
      return [finding(hostname, { expected: "an answer by HTTPS", found: "none", mend: "make status, then make up" })];
    const wrong = HEADERS.filter(({ name, isRight }) => !isRight(headers[name] ?? "")).map(({ name, expected }) =>
      finding(`${hostname}/${name}`, { expected, found: headers[name] ?? "no such header", mend: MEND }),
    );
    if (takesOldTls === false) return wrong;
    const found = takesOldTls === undefined ? "no clear refusal of TLS 1.1" : "a handshake of TLS 1.1";
    return [...wrong, finding(`${hostname}/tls`, { expected: "TLS 1.2 or newer alone", found, mend: MEND })];
  });
}

/** Where Caddy is administered, unless it is told otherwise. */
const ADMIN_PORT = 2019;

/** Where a gateway's administration can be reached: on its networks, and by any program of the host. */
export function adminFindings(
  declared: Declared,
  { admin, listeners }: Pick<Seen, "admin" | "listeners">,
): AuditFinding[] {
  const finding = findingsOf(declared.host, "site");
  const expected = "administration by a socket of the gateway's user alone";
  return [
    ...admin.map(({ container, network }) =>
      finding(`${container}/admin`, {
        expected,
        found: `port ${ADMIN_PORT} answers on the network ${network}`,
        mend: MEND,
      }),
    ),
    ...listeners
      .filter(({ protocol, port }) => protocol === "tcp" && port === ADMIN_PORT)
      .map(({ address, program, unit = program }) =>
        finding(`${unit}/admin`, { expected, found: `port ${ADMIN_PORT} answers at ${address}`, mend: MEND }),
      ),
  ];
}
