import { ENGINE_SETTINGS } from "../../../../../model/hardening/engine";
import {
  differing,
  isReloaded,
  mergedEngineFile,
  readEngineFile,
  valuesBefore,
  withoutOurs,
} from "../../../../../providers/docker/engine/file";

/** As docs/requirements.md#ansible-conventions and the checklist of the hosts have it. */
const OURS = {
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
  "live-restore": true,
  "userland-proxy": false,
  "no-new-privileges": true,
  "default-address-pools": [
    { base: "172.17.0.0/16", size: 16 },
    { base: "172.29.0.0/16", size: 24 },
  ],
};

const THEIRS = { "data-root": "/srv/docker", "registry-mirrors": ["https://mirror.example"] };

test("what the engine is told", () => expect(ENGINE_SETTINGS).toEqual(OURS));

test("our keys join a file, and a driver's options stay beside ours", () => {
  expect(mergedEngineFile({}, ENGINE_SETTINGS)).toEqual(OURS);
  const file = { ...THEIRS, "log-opts": { tag: "x", "max-size": "1g" }, "live-restore": false };
  expect(mergedEngineFile(file, ENGINE_SETTINGS)).toEqual({
    ...OURS,
    ...THEIRS,
    "log-opts": { tag: "x", "max-size": "10m", "max-file": "3" },
  });
});

test("a key differs when it is missing or another, not for what stands beside it", () => {
  expect(differing({ ...OURS, ...THEIRS, "log-opts": { ...OURS["log-opts"], tag: "x" } }, ENGINE_SETTINGS)).toEqual([]);
  expect(differing({ ...OURS, "userland-proxy": true, "log-opts": {} }, ENGINE_SETTINGS)).toEqual([
    "log-opts",
    "userland-proxy",
  ]);
  expect(differing({}, ENGINE_SETTINGS)).toEqual(Object.keys(OURS));
});

test("live-restore alone is taken on by a reload", () => {
  expect(isReloaded(["live-restore"])).toBe(true);
  expect(isReloaded(["live-restore", "userland-proxy"])).toBe(false);
});

test("without us a file is what it was, but for live-restore: an engine started without it ends containers", () => {
  const file = { ...THEIRS, "userland-proxy": true };
  const before = valuesBefore(file, ENGINE_SETTINGS);
  expect(before).toEqual({ "userland-proxy": true });
  expect(withoutOurs(mergedEngineFile(file, ENGINE_SETTINGS), ENGINE_SETTINGS, before)).toEqual({
    ...file,
    "live-restore": true,
  });
});

test.each([
  ["", {}],
  [" \n", {}],
  ['{"debug":true}', { debug: true }],
])("a file that holds %j", (text, file) => expect(readEngineFile(text, "there")).toEqual(file));

test.each(["{", "[]", "null", '"x"'])("a file that holds %j is nothing that we write over", (text) =>
  expect(() => readEngineFile(text, "h: /etc/docker/daemon.json")).toThrow(
    /^h: \/etc\/docker\/daemon\.json: expected (JSON|an object of JSON), found .*: mend it by hand, then run up again$/,
  ),
);
