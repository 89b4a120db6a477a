import { spawn } from "node:child_process";
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * The repositories of the stand-in, as v0.16 has them: kept with their keys encrypted, read by Restic itself, at once when they are given.
 * Of their kinds it has `s3` that is there already alone; all others are refused.
 */
export class Repositories {
  #file;
  #pass;

  constructor(folder) {
    this.#file = path.join(folder, "repositories.json");
    this.#pass = path.join(folder, "restic.pass");
    if (!existsSync(this.#pass)) writeFileSync(this.#pass, randomBytes(32).toString("hex"), { mode: 0o600 });
  }

  list() {
    return existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, "utf8")) : [];
  }

  find(name) {
    return this.list().find((one) => one.name === name);
  }

  async add({ name = "", compressionMode = "auto", config = {} }) {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    const { backend, endpoint, bucket, accessKeyId, secretAccessKey, isExistingRepository, customPassword } = config;
    if (backend !== "s3" || [endpoint, bucket, accessKeyId, secretAccessKey].some((value) => typeof value !== "string"))
      return { status: 400, body: { message: "Invalid config" } };
    if (isExistingRepository !== true || !customPassword)
      return { status: 501, body: { message: "The stand-in has no repositories of its own" } };
    if (this.find(slug) !== undefined)
      return { status: 409, body: { message: "Repository with this name already exists" } };
    const now = Date.now();
    const repository = {
      ...{ id: randomUUID(), shortId: randomBytes(6).toString("base64url"), name: slug, type: backend },
      config: {
        ...{ backend, endpoint, bucket, isExistingRepository },
        ...{ accessKeyId: this.#encrypted(accessKeyId), secretAccessKey: this.#encrypted(secretAccessKey) },
        customPassword: this.#encrypted(customPassword),
      },
      ...{ compressionMode, status: "healthy", lastChecked: now, lastError: null, createdAt: now, updatedAt: now },
    };
    const { problem } = await this.#restic(repository, "snapshots");
    if (problem !== undefined) return { status: 500, body: { message: `Failed to initialize repository: ${problem}` } };
    this.#keep([...this.list(), repository]);
    return { status: 201, body: { message: "Repository created", repository } };
  }

  remove(name) {
    if (this.find(name) === undefined) return false;
    this.#keep(this.list().filter((one) => one.name !== name));
    return true;
  }

  async snapshots(repository) {
    const { problem, printed } = await this.#restic(repository, "snapshots");
    if (problem !== undefined) return { status: 500, body: { message: problem } };
    const list = (JSON.parse(printed) ?? []).map(({ short_id, time, paths, tags = [], summary }) => ({
      ...{ short_id, time: millisecond(time), paths, tags, size: summary?.total_bytes_processed ?? 0 },
      duration: summary === undefined ? 0 : millisecond(summary.backup_end) - millisecond(summary.backup_start),
    }));
    return { status: 200, body: list };
  }

  #keep(repositories) {
    writeFileSync(this.#file, JSON.stringify(repositories), { mode: 0o600 });
  }

  #key(salt) {
    return pbkdf2Sync(readFileSync(this.#pass, "utf8"), salt, 100_000, 32, "sha256");
  }

  #encrypted(value) {
    const [salt, iv] = [randomBytes(16), randomBytes(12)];
    const cipher = createCipheriv("aes-256-gcm", this.#key(salt), iv);
    const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
    return ["encv1", ...[salt, iv, sealed, cipher.getAuthTag()].map((part) => part.toString("hex"))].join(":");
  }

  #decrypted(text) {
    const [salt, iv, sealed, tag] = text
      .split(":")
      .slice(1)
      .map((part) => Buffer.from(part, "hex"));
    const decipher = createDecipheriv("aes-256-gcm", this.#key(salt), iv).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8");
  }

  /** As v0.16 does it: with a lock, and the password in a file of the moment. */
  async #restic({ config }, command) {
    const folder = mkdtempSync(path.join(tmpdir(), "zerobyte-"));
    const password = path.join(folder, "password");
    writeFileSync(password, this.#decrypted(config.customPassword), { mode: 0o600 });
    const env = {
      ...{ PATH: process.env.PATH, RESTIC_CACHE_DIR: "/var/lib/zerobyte/restic/cache", RESTIC_PASSWORD_FILE: password },
      AWS_ACCESS_KEY_ID: this.#decrypted(config.accessKeyId),
      AWS_SECRET_ACCESS_KEY: this.#decrypted(config.secretAccessKey),
    };
    const args = ["--repo", `s3:${config.endpoint}/${config.bucket}`, command, "--retry-lock", "1m", "--json"];
    try {
      const { code, printed, said } = await ended(spawn("restic", args, { env }));
      return code === 0 ? { printed } : { problem: `Restic ${command} retrieval failed: ${said}` };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

const millisecond = (moment) => new Date(moment).getTime();

const ended = (child) =>
  new Promise((resolve, reject) => {
    let [printed, said] = ["", ""];
    child.stdout.on("data", (part) => (printed += part));
    child.stderr.on("data", (part) => (said += part));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, printed, said }));
  });
