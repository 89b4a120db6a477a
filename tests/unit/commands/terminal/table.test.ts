import { table } from "../../../../commands/terminal/table";

test("columns are as wide as their widest cell, lines have no trailing spaces", () => {
  expect(
    table(
      ["host", "service", "URL"],
      [
        ["sese-ai", "n8n", "https://x/"],
        ["vpn", "(host)", ""],
      ],
    ),
  ).toBe(
    ["host     service  URL", "-------  -------  ----------", "sese-ai  n8n      https://x/", "vpn      (host)"].join(
      "\n",
    ),
  );
});

test("a head alone, and rows with missing cells", () => {
  expect(table(["a", "bb"], [])).toBe("a  bb\n-  --");
  expect(table(["a", "bb"], [["long"]])).toBe("a     bb\n----  --\nlong");
});
