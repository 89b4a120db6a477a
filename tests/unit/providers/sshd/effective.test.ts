import { effectiveOf } from "../../../../providers/sshd/effective";

const ROOT = `port 22
listenaddress 0.0.0.0:804
listenaddress [::]:804
allowusers root
allowusers mobuone bob
maxauthtries 2
permitrootlogin without-password
--
`;

test("ports, users and values are read from what sshd prints", () => {
  const effective = effectiveOf(ROOT);
  expect(effective.ports).toEqual([804]);
  expect(effective.users).toEqual(["bob", "mobuone", "root"]);
  expect(effective.value("permitrootlogin")).toBe("without-password");
  expect(effective.value("unknown")).toBe("");
});

test("users for whom a value differs are told as both", () => {
  const effective = effectiveOf(ROOT + ROOT.replace("maxauthtries 2", "maxauthtries 9"));
  expect(effective.value("maxauthtries")).toBe("2 or 9");
  expect(effective.ports).toEqual([804]);
});
