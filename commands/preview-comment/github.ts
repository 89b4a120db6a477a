import { z } from "zod";
import { parseJson } from "../../model/foreign-json";

/** The comment that is kept up to date, and how to reach it. */
export interface CommentTarget {
  /** Address of the REST API, e.g. `https://api.github.com`. */
  api: string;
  /** Token that may write comments (`pull-requests: write`). */
  token: string;
  /** `owner/name`. */
  repository: string;
  /** Number of the pull request. */
  pullRequest: number;
}

/** Comments per page: the most that GitHub gives. */
const PAGE_SIZE = 100;
/** How long one request may take, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

const commentSchema = z.looseObject({
  id: z.number(),
  body: z.string().nullish(),
  user: z.looseObject({ type: z.string() }).nullish(),
});
type Comment = z.infer<typeof commentSchema>;

/**
 * Creates the comment that starts with `marker`, or brings it up to date. Only a bot's comment is taken for it: anybody
 * can write the marker.
 *
 * @throws Error when GitHub refuses, with its answer
 */
export async function putComment(target: CommentTarget, marker: string, body: string): Promise<"created" | "updated"> {
  const comments = `/repos/${target.repository}/issues/${target.pullRequest}/comments`;
  const known = await findComment(target, comments, marker);
  if (known === undefined) {
    await request(target, "POST", comments, { body });
    return "created";
  }
  await request(target, "PATCH", `/repos/${target.repository}/issues/comments/${known.id}`, { body });
  return "updated";
}

async function findComment(target: CommentTarget, comments: string, marker: string): Promise<Comment | undefined> {
  for (let page = 1; ; page++) {
    const answer = await request(target, "GET", `${comments}?per_page=${PAGE_SIZE}&page=${page}`);
    const found = parseJson(z.array(commentSchema), answer, "GitHub's list of comments");
    const known = found.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(marker));
    if (known !== undefined || found.length < PAGE_SIZE) return known;
  }
}

async function request(target: CommentTarget, method: string, path: string, body?: object): Promise<string> {
  const response = await fetch(`${target.api}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${target.token}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT),
  });
  const text = await response.text();
  if (response.ok) return text;
  const advice = response.status === 403 ? "; the job needs `permissions: pull-requests: write`" : "";
  throw new Error(`GitHub answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}${advice}`);
}
