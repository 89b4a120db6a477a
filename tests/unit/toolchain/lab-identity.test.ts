import { isIPv4 } from "node:net";
import fc from "fast-check";
import { labIdentity } from "../../../toolchain/lab-identity";

const root = fc
  .array(fc.stringMatching(/^[a-z0-9._-]{1,12}$/), { minLength: 1, maxLength: 5 })
  .map((parts) => `/${parts.join("/")}`);

// printf %s /home/me/vpai | sha256sum: 9b9e79a643d303b8…
test("is the same for the same checkout, always", () => {
  const identity = labIdentity("/home/me/vpai");
  expect(identity).toMatchObject({
    id: "9b9e79",
    prefix: "vpai-lab-9b9e79",
    subnet: "10.67.211.0/24",
    registryPort: 20952,
  });
  expect(identity.address(11)).toBe("10.67.211.11");
});

test("any checkout gets a valid name, subnet and port", () => {
  fc.assert(
    fc.property(root, (path) => {
      const identity = labIdentity(path);
      const { id, prefix, subnet, registryPort } = identity;
      expect(id).toMatch(/^[0-9a-f]{6}$/);
      expect(prefix).toBe(`vpai-lab-${id}`);
      const [, second = "", third = ""] = /^10\.(\d+)\.(\d+)\.0\/24$/.exec(subnet) ?? [];
      // 10.64.0.0/10: clear of the VPN's 100.64.0.0/10, of Docker's own 172.17-31 and of home networks' 192.168.
      expect(Number(second)).toBeGreaterThanOrEqual(64);
      expect(Number(second)).toBeLessThanOrEqual(127);
      for (const last of [5, 11, 13]) {
        expect(identity.address(last)).toBe(`10.${second}.${third}.${last}`);
        expect(isIPv4(identity.address(last))).toBe(true);
      }
      // Below the kernel's ephemeral ports (32768-60999), above the services' own.
      expect(registryPort).toBeGreaterThanOrEqual(20_000);
      expect(registryPort).toBeLessThan(30_000);
    }),
  );
});

test("two checkouts share neither name nor subnet nor port", () => {
  const labs = Array.from({ length: 12 }, (_, index) => labIdentity(`/home/user${index}/vpai`));
  for (const pick of ["id", "prefix", "subnet", "registryPort"] as const) {
    expect(new Set(labs.map((lab) => lab[pick])).size).toBe(labs.length);
  }
});
