import { detourTo } from "../../../../../providers/ssh/login/detour";
import { withUserConfig } from "../../user-config";

const CONNECTION = { host: "10.0.0.9", port: 804, user: "mobuone", hostKey: "ssh-ed25519 AAAA" };

test.each([
  ["ProxyJump me@bastion:2222", "ProxyJump me@bastion:2222"],
  ["ProxyCommand nc -X connect %h %p", "ProxyCommand nc -X connect %h %p"],
  ["ProxyJump none", undefined],
  ["ProxyCommand none", undefined],
  ["User other", undefined],
])("S4: a user's config with %j", async (line, detour) => {
  await withUserConfig(`Host 10.0.0.*\n  ${line}\n`, async () => {
    expect(await detourTo(CONNECTION)).toBe(detour);
    expect(await detourTo({ ...CONNECTION, host: "192.0.2.1" })).toBeUndefined();
  });
});
