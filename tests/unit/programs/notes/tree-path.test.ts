import { refusal } from "../../../../programs/notes/tree-path.ts";

test.each([
  ["../out.md", "it leaves the tree"],
  ["a/../../out.md", "it leaves the tree"],
  ["/etc/passwd.md", "it has an empty name"],
  [".git/hooks/post-commit", "it is Git's own"],
  ["a/.GIT/config", "it is Git's own"],
  [".g\u200cit/config", "it is Git's own"],
  ["git~1/config", "it is Git's own"],
  [".git./config", "it is Git's own"],
  ["a\\..\\b.md", "it has a character that no file may have"],
  ["a\0.md", "it has a character that no file may have"],
  [`${"é".repeat(130)}.md`, "a name in it is too long"],
])("the path %j is refused: %s", (notePath, why) => expect(refusal(notePath)).toBe(why));

test.each([[".gitignore"], ["git.md"], ["...md"], ["_x.md"], ["a b/c.md"]])("the path %j is fine", (notePath) =>
  expect(refusal(notePath)).toBeUndefined(),
);
