import { secretMask } from "../../../model/masking";

it.each([
  ["Go's query", "pass!word(1)", "pass%21word%281%29"],
  ["lower-case digits", "pass/word*é", "pass%2fword%2a%c3%a9"],
  ["digits of both cases", "pass/word/é", "pass%2fword%2F%c3%A9"],
  ["some bytes alone", "pass!word(1)", "pass!word%281)"],
  ["bytes that need none", "password", "%70%61%73%73word"],
  ["a blank as plus", "pass word!", "pass+word%21"],
  ["a blank as plus, and nothing else", "pass word", "pass+word"],
  ["a percent sign", "50%off!", "50%25off%21"],
  ["a percent sign that stays", "50%off!", "50%off%21"],
  ["a value that was encoded before", "a%41b!c", "a%41b%21c"],
  ["a URL in a URL", "pass!word", "pass%2521word"],
  ["base64", "?>?>?>?>", Buffer.from("?>?>?>?>").toString("base64").replaceAll("/", "%2f").replaceAll("+", "%2b")],
  ["a JSON text", 'pa"ss<word', "pa%5C%22ss%5Cu003cword"],
  ["two lines", "first line\nsecond line", "first%20line%0Asecond%20line"],
])("finds a secret as `%%XX`: %s", (_how, secret, encoded) => {
  expect(secretMask([secret])(`GET /?a=é%20&p=${encoded}&q=%7B: no`)).toBe("GET /?a=é%20&p=[secret]&q=%7B: no");
});

it("masks all of secrets that overlap, that begin alike, and that stand side by side", () => {
  const mask = secretMask(["abcdef", "defghi", "abcdefgh", "abcd"]);
  expect(mask("1 abcdefghi 2 abcdx 3 abcdefabcdef 4 abc")).toBe("1 [secret] 2 [secret]x 3 [secret][secret] 4 abc");
});

it("leaves a text without a secret as it is, whatever it holds", () => {
  const text = "100%, %zz, %c3, \ud800, é";
  expect(secretMask(["other"])(text)).toBe(text);
});

it("takes a megabyte and hundreds of secrets that begin alike in seconds", () => {
  const secrets = Array.from({ length: 400 }, (_, index) => `secret-${index}-${"x'é%!/ ".repeat(8)}`);
  const mask = secretMask(secrets);
  const begun = Date.now();
  for (const piece of ["secret-1", "%25", `${secrets[7]} %21`, "secret-1%2525"])
    expect(mask(piece.repeat(1_000_000 / piece.length))).not.toContain("é");
  expect(Date.now() - begun).toBeLessThan(20_000);
});
