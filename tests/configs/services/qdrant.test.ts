import { parse } from "yaml";
import { z } from "zod";
import qdrant from "../../../platforms/vpai/services/qdrant";
import { contextWith } from "../../context";

/**
 * Qdrant cannot be had here, so its settings are read by a schema: those of its documentation (configuration, v1.16)
 * that the file may use. It is strict, as Qdrant itself passes over a key that it does not know.
 */
const settings = z.strictObject({
  log_level: z.enum(["ERROR", "WARN", "INFO", "DEBUG", "TRACE"]).optional(),
  telemetry_disabled: z.boolean(),
  storage: z.strictObject({
    storage_path: z.string().startsWith("/"),
    snapshots_path: z.string().startsWith("/"),
    on_disk_payload: z.boolean(),
    performance: z.strictObject({ max_search_threads: z.int().min(0), optimizer_cpu_budget: z.int() }),
  }),
  service: z.strictObject({
    host: z.string(),
    http_port: z.int().min(1).max(65535),
    grpc_port: z.int().min(1).max(65535).nullable(),
    enable_cors: z.boolean(),
  }),
  cluster: z.strictObject({ enabled: z.boolean() }),
});

const file = qdrant.files?.(contextWith())[0];
const config = settings.parse(parse(file?.content as string));

test("Qdrant is told to read the file", () => expect(qdrant.run.command).toEqual(["--config-path", file?.path]));

test("it listens on its port, and keeps everything in the folder that outlives the container", () => {
  expect(config.service).toEqual({ host: "0.0.0.0", http_port: 6333, grpc_port: null, enable_cors: false });
  const kept = (qdrant.data ?? []).map(({ path }) => path);
  expect(kept).toEqual(["/qdrant/storage"]);
  for (const folder of [config.storage.storage_path, config.storage.snapshots_path])
    expect(folder).toMatch(/^\/qdrant\/storage(\/|$)/);
});

test("its key comes from the environment of the program alone", () => {
  expect(Object.values(qdrant.secrets ?? {}).map(({ exported }) => exported)).toEqual(["QDRANT__SERVICE__API_KEY"]);
  expect(file?.content).not.toMatch(/key/);
});
