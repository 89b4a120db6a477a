import { putComment } from "../../../../commands/preview-comment/github";
import { type GitHubServer, startGitHub } from "./github-server";

const MARKER = "<!-- preview:prod -->";
let github: GitHubServer;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

const target = () => ({ api: github.api, token: "token-1", repository: "owner/name", pullRequest: 12 });
const others = (count: number, body: string, type = "User") =>
  Array.from({ length: count }, (_, index) => ({ id: 1000 + index, body, user: { type } }));

it("creates the comment, then keeps that one up to date", async () => {
  expect(await putComment(target(), MARKER, `${MARKER}\nfirst`)).toBe("created");
  expect(await putComment(target(), MARKER, `${MARKER}\nsecond`)).toBe("updated");
  expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}\nsecond`]);
  expect(new Set(github.authorizations)).toEqual(new Set(["Bearer token-1"]));
});

it("finds its comment behind more than one page of others", async () => {
  github.comments.push(...others(250, "a remark"), { id: 7, body: `${MARKER}\nold`, user: { type: "Bot" } });
  expect(await putComment(target(), MARKER, `${MARKER}\nnew`)).toBe("updated");
  expect(github.comments.find(({ id }) => id === 7)?.body).toBe(`${MARKER}\nnew`);
  expect(github.requests).toEqual([
    "GET /repos/owner/name/issues/12/comments?per_page=100&page=1",
    "GET /repos/owner/name/issues/12/comments?per_page=100&page=2",
    "GET /repos/owner/name/issues/12/comments?per_page=100&page=3",
    "PATCH /repos/owner/name/issues/comments/7",
  ]);
});

it("keeps the stacks apart", async () => {
  await putComment(target(), MARKER, `${MARKER}\nof prod`);
  await putComment(target(), "<!-- preview:preprod -->", "<!-- preview:preprod -->\nof preprod");
  expect(github.comments.map(({ body }) => body)).toEqual([
    `${MARKER}\nof prod`,
    "<!-- preview:preprod -->\nof preprod",
  ]);
});

it("does not write over a person's comment that starts with the marker, or a bot's that quotes it", async () => {
  github.comments.push(...others(1, `${MARKER} mine`), ...others(1, `> ${MARKER}`, "Bot"));
  expect(await putComment(target(), MARKER, `${MARKER}\nnew`)).toBe("created");
  expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER} mine`, `> ${MARKER}`, `${MARKER}\nnew`]);
});

it("says which permission is missing", async () => {
  github.refusal = 403;
  await expect(putComment(target(), MARKER, "x")).rejects.toThrow(
    /GitHub answered 403 to POST .*Resource not accessible.*pull-requests: write/,
  );
});
