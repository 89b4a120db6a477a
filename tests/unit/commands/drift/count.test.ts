import { driftIn, mendedIn } from "../../../../commands/drift/count";

const line = (kind: string, op: string, name: string): string =>
  JSON.stringify({ [kind]: { metadata: { op, type: "a:b:C", urn: `urn:pulumi:prod::vpai::a:b:C::${name}` } } });

/** As the engine's log has it: what a refresh found is in the name of the step that is done. */
const LOG = [
  line("resourcePreEvent", "refresh", "sese-ai/redis"),
  line("resOutputsEvent", "same", "sese-ai/redis"),
  line("resOutputsEvent", "update", "sese-ai/sshd"),
  line("resOutputsEvent", "delete", "sese-ai/n8n"),
  line("resOutputsEvent", "same", "seko-vpn/headscale"),
  line("resOutputsEvent", "update", "vpai-prod"),
  '{"resOutputsEvent":{"metadata":{"op":"upd',
].join("\n");

test("what a refresh found otherwise is counted by host; one that it looked at and found the same has none", () => {
  expect(driftIn(LOG)).toEqual({ "sese-ai": 2, "seko-vpn": 0 });
});

test("an up that succeeded leaves none on the hosts that it was about", () => {
  expect(mendedIn(LOG)).toEqual({ "sese-ai": 0, "seko-vpn": 0 });
});
