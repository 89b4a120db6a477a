import { missingPrograms } from "../../../toolchain/lab-programs";

it("missingPrograms keeps the programs that are not there, with their packages", () => {
  const programs = [
    { program: "docker", packages: ["docker-cli", "docker.io"] },
    { program: "ssh", packages: ["openssh-client"] },
  ];
  expect(missingPrograms(programs, (name) => name === "ssh")).toEqual([
    { program: "docker", packages: ["docker-cli", "docker.io"] },
  ]);
  expect(missingPrograms(programs, () => true)).toEqual([]);
});
