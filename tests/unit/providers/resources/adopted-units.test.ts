import "../without-sdk";
import "../../../../providers/resources/systemd-job";
import "../../../../providers/resources/systemd-unit";
import { implementations } from "../../../../providers/resource";

test.each(["systemdJob", "systemdUnit"])(
  "a %s that was taken over is not touched when the switch goes",
  async (kind) => {
    const state = { job: "backup", unit: "caddy.service", marks: ["# dev.vpai.stack=prod"], version: 1 };
    const { diff } = implementations[kind] ?? {};
    expect(await diff?.("id", { ...state, adopt: true }, { ...state, adopt: false })).toMatchObject({ changes: false });
    expect(await diff?.("id", state, { ...state, marks: [] })).toMatchObject({ changes: true });
  },
);
