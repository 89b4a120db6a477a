import { ownSubnets } from "../../../../platforms/policies/networks";
import { plan } from "../plan";

const said = (subnet: string): string[] => {
  const one = plan();
  const host = { ...one.host, networks: { front: { subnet, internal: false } } };
  return ownSubnets([{ ...one, host }]).map(({ where, found }) => `${where}: ${found}`);
};

test.each([
  [
    "172.29.200.0/24",
    "h/network/front: 172.29.200.0/24, which is in 172.29.0.0/16: the engine's own (default-address-pools)",
  ],
  [
    "172.17.5.0/24",
    "h/network/front: 172.17.5.0/24, which is in 172.17.0.0/16: the engine's own (default-address-pools)",
  ],
  [
    "172.28.0.0/15",
    "h/network/front: 172.28.0.0/15, which is in 172.29.0.0/16: the engine's own (default-address-pools)",
  ],
  ["100.127.0.0/16", "h/network/front: 100.127.0.0/16, which is in 100.64.0.0/10: the VPN's"],
])("%s is given away by somebody else", (subnet, finding) => {
  expect(said(subnet)).toEqual([finding]);
});

test.each(["172.20.1.0/24", "172.21.2.0/24", "172.30.1.0/24", "172.16.0.0/16", "10.0.0.0/8", "100.128.0.0/16"])(
  "%s is free",
  (subnet) => expect(said(subnet)).toEqual([]),
);
