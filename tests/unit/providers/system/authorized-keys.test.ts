import { declaredIn, keyIn, othersIn, withKeys } from "../../../../providers/system/authorized-keys";

const ONE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const TWO = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQC1";
// As `ssh-keygen -lf` prints them.
const ONE_FINGERPRINT = "SHA256:RXm/ruZ0eTzRXKwi1AQEDynB0VgHQ2ac9KPSFdf/YnA";

test.each([
  [`${ONE} me@home`, ONE],
  [`  ${ONE}`, ONE],
  [`from="192.0.2.1",command="/bin/x y" ${TWO} robot`, TWO],
  [`sk-ssh-ed25519@openssh.com AAAAGnNr token`, "sk-ssh-ed25519@openssh.com AAAAGnNr"],
  [`ssh-rsa \t AAAAB3NzaC1yc2EAAAADAQABAAAAAQC1 robot`, TWO],
  [`environment="KEY= ${ONE} " ${TWO} robot`, TWO],
  [`command="say \\" ${ONE} " ${TWO} ${ONE}`, TWO],
  [`# ${ONE}`, undefined],
  ["", undefined],
  ["no key at all", undefined],
])("%s holds the key %s", (line, key) => expect(keyIn(line)).toBe(key));

test("a declared key counts only where it is let in without options", () => {
  expect(declaredIn(`${ONE} me\n`, [ONE, TWO])).toEqual([ONE]);
  expect(declaredIn(`command="/bin/false" ${ONE} me\n`, [ONE])).toEqual([]);
});

test("others are named as people compare keys", () => {
  expect(othersIn(`# mine\n${TWO}\n${ONE} me@home\n`, [TWO])).toEqual([`${ONE_FINGERPRINT} me@home`]);
  expect(othersIn(`${ONE.replace(" ", "  ")} me@home\n`, [TWO])).toEqual([`${ONE_FINGERPRINT} me@home`]);
});

test("what is missing is added, and others stay with their comments and options", () => {
  const file = `# robots\nfrom="192.0.2.1" ${TWO} robot\n`;
  expect(withKeys(file, [ONE], "keep")).toBe(`${file}${ONE}\n`);
  expect(withKeys(`${ONE} me\n`, [ONE], "keep")).toBe(`${ONE} me\n`);
});

test("told so, all others go; a declared key is freed of its options, and stands there once", () => {
  expect(withKeys(`# robots\n${TWO} robot\n${ONE} me\n${ONE}\n`, [ONE], "remove")).toBe(`${ONE} me\n${ONE}\n`);
  expect(withKeys(`command="/bin/false" ${ONE} me\n`, [ONE], "remove")).toBe(`${ONE}\n`);
});

describe("a key by which a job logs in for one command", () => {
  const line = `restrict,command="exec sh" ${ONE} copies@hub`;
  const file = `${line}\n${TWO} me\n`;

  test("is none of the others, and stays where these go", () => {
    expect(othersIn(file, [TWO], ["copies@hub"])).toEqual([]);
    expect(withKeys(file, [TWO], "remove", ["copies@hub"])).toBe(file);
  });

  test.each([
    ["of a job that nobody has", line, ["copies@elsewhere"]],
    ["without its restriction", `${ONE} copies@hub`, ["copies@hub"]],
    ["with another comment behind it", `${line} me`, ["copies@hub"]],
  ])("%s is one of them", (_what, other, visitors) => {
    expect(othersIn(`${other}\n`, [TWO], visitors)).toHaveLength(1);
    expect(withKeys(`${other}\n${TWO} me\n`, [TWO], "remove", visitors)).toBe(`${TWO} me\n`);
  });
});
