import { defineCapability } from "../../../../model/capability";
import type { SecretDeclaration } from "../../../../model/secret";
import { ownedPrograms } from "../../../../platforms/policies/first-users";
import { serviceWith as service } from "../../../service";
import { saidBy } from "../plan";

const PASSWORD: SecretDeclaration = { name: "onePassword", description: "A password", origin: "random" };
const EXPOSED = { expose: [{ subdomain: "one", port: 80, access: "vpn" as const }] };
const PAGE = { closed: ["/setup*"] };

const account = defineCapability<object, { password: SecretDeclaration }>({
  name: "account",
  when: "after",
  requestSecrets: ({ password }) => [password],
});

test("a program with a first-user page and no owner is refused, also behind the VPN", () => {
  expect(saidBy(ownedPrograms, { one: [service({ ...EXPOSED, firstUser: PAGE })] })).toEqual([
    "one/one: a first-user page (/setup*) and no owner",
  ]);
});

test("an owner whose password nobody takes is none", () => {
  const firstUser = { ...PAGE, owner: PASSWORD };
  expect(saidBy(ownedPrograms, { one: [service({ ...EXPOSED, firstUser })] })).toEqual([
    "one/one: the owner's password onePassword, which nothing of the service takes",
  ]);
});

test.each([
  ["its start takes the owner's password", { ...EXPOSED, secrets: { password: { secret: PASSWORD } } }],
  ["a request makes the owner", { ...EXPOSED, uses: [account.request({ password: PASSWORD })] }],
  ["nobody reaches it", {}],
])("it passes where %s", (_how, over) => {
  expect(saidBy(ownedPrograms, { one: [service({ ...over, firstUser: { ...PAGE, owner: PASSWORD } })] })).toEqual([]);
});

test("a program without a first-user page needs no owner", () => {
  expect(saidBy(ownedPrograms, { one: [service(EXPOSED)] })).toEqual([]);
});
