import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { renderPreview } from "../../../../../commands/preview-comment/render";
import { maskFor, maskPreview } from "../../../../../commands/preview-comment/secrets/masking";
import { secretsOfConfig, secretsOfEnvironment } from "../../../../../commands/preview-comment/secrets/values";
import { madeUp } from "../recorded";

const marked = (rest: Record<string, unknown>) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...rest,
});

describe("secrets that Pulumi marked", () => {
  it.each([{ ciphertext: "v1:abc" }, { plaintext: '"hunter2-canary"' }, { value: { deep: ["hunter2-canary"] } }])(
    "are masked at any depth: %j",
    (rest) => {
      const preview = madeUp({
        from: { envs: ["A=1"] },
        to: { envs: ["A=1", marked(rest)], nested: { list: [{ key: marked(rest) }] } },
      });
      const text = renderPreview({ ...preview, more: { detailedDiff: marked(rest) } }, { stack: "prod" });
      expect(text).toContain('[{"key":"[secret]"}]');
      expect(text).not.toMatch(/hunter2|v1:abc|4dabf181/);
    },
  );

  it("say that they changed without saying from what to what", () => {
    const text = renderPreview(madeUp({ from: { password: "[secret]", a: 1 }, to: { password: "[secret]", a: 2 } }), {
      stack: "prod",
    });
    expect(text).toContain("Container: `a 1 → 2`");
  });
});

describe("given secrets", () => {
  const secret = "pa$s`w\"o'rd<&>\nsecond line of it % {{ é";

  it.each([
    ["plain", secret],
    ["in a sentence", `error: login with ${secret} failed`],
    ["as JSON", JSON.stringify({ a: secret })],
    ["as JSON in JSON", JSON.stringify(JSON.stringify({ a: secret }))],
    [
      "as JSON by Go",
      JSON.stringify(secret).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026"),
    ],
    ["quoted for a shell", `'${secret.replaceAll("'", "'\\''")}'`],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 for URLs", Buffer.from(secret).toString("base64url")],
    ["in base64 after one byte", Buffer.from(`:${secret}`).toString("base64")],
    ["in base64 after a user name", Buffer.from(`us:${secret}`).toString("base64")],
    ["in base64 with what follows", Buffer.from(`user:${secret}@host`).toString("base64")],
    ["in a URL", `https://x.test/?p=${encodeURIComponent(secret)}`],
    ["in hex", Buffer.from(secret).toString("hex")],
    ["one line of it", "second line of it % {{ é"],
  ])("are masked %s", (_, text) => {
    const masked = maskFor([secret])(text);
    expect(masked).toContain("[secret]");
    for (const piece of ["pa$s", "second line", "second%20line", "rd\\u003c"]) expect(masked).not.toContain(piece);
    expect(masked.replaceAll("[secret]", "").length).toBeLessThan(text.length / 2 + 25);
  });

  it("are masked in values, names, keys, messages and numbers", () => {
    const preview = {
      ...madeUp({
        name: "sese-ai/hunter2",
        from: { "key-hunter2": 1, port: 31337 },
        to: { "key-hunter2": "hunter2", port: 31338 },
      }),
      diagnostics: [{ severity: "error", message: "cannot log in with hunter2" }],
    };
    const text = renderPreview(preview, { stack: "prod", secretValues: ["hunter2", "31337"] });
    expect(text).not.toMatch(/hunter2|31337/);
    expect(text).toContain("`port [secret] → 31338`");
  });

  it("are masked before a long value is cut in the middle of one", () => {
    const secretText = "S".repeat(5000);
    const text = renderPreview(madeUp({ from: { a: "x" }, to: { a: `start ${secretText} end` } }), {
      stack: "prod",
      secretValues: [secretText],
    });
    expect(text).not.toContain("SSS");
    expect(text).toContain("start [secret] end");
  });

  it("go as a whole when one contains another", () => {
    expect(maskFor(["abcd", "abcdefgh"])("x abcdefgh y abcd z")).toBe("x [secret] y [secret] z");
  });

  it("leave single characters alone, which are everywhere", () => {
    expect(maskFor(["1", "on", ""])("version 1 is on")).toBe("version 1 is on");
  });

  it("are never found in the result, whatever they are and wherever they stand", () => {
    const secrets = fc
      .string({ unit: "grapheme", minLength: 8, maxLength: 40 })
      .filter((text) => text.trim() === text && !"[secret]".includes(text));
    fc.assert(
      fc.property(secrets, (value) => {
        const preview = {
          steps: [{ op: "create", urn: "u", newState: { urn: "u", type: "t", inputs: { a: `<<${value}>>` } } }],
        };
        return !JSON.stringify(maskPreview(preview, maskFor([value]))).includes(JSON.stringify(value).slice(1, -1));
      }),
    );
  });
});

describe("where secrets come from", () => {
  it("takes the secret values of the stack's configuration, structured ones too", () => {
    const json = JSON.stringify({
      "vpai:domain": { value: "lab.test", secret: false },
      "secrets:a": { value: "one-secret", secret: true },
      "secrets:b": { value: '{"k":["deep-secret",7]}', objectValue: { k: ["deep-secret", 7] }, secret: true },
    });
    expect(secretsOfConfig(json)).toEqual(["one-secret", '{"k":["deep-secret",7]}', "deep-secret", "7"]);
  });

  it("does not quote a configuration that it cannot read", () => {
    expect(() => secretsOfConfig('["canary"]')).toThrow(
      /^expected the output of `pulumi config --json`, found 10 characters(?!.*canary)/,
    );
  });

  it("takes the secrets of the environment", () => {
    expect(
      secretsOfEnvironment({
        PULUMI_CONFIG_PASSPHRASE: "phrase",
        GITHUB_TOKEN: "token",
        HOME: "/nowhere",
        AWS_SESSION_TOKEN: "",
      }),
    ).toEqual(["phrase", "token"]);
  });

  it("E1: finds the configuration among other text", () => {
    const json = `warning: a new version\n${JSON.stringify({ "secrets:a": { value: "one-secret", secret: true } })}\nbye`;
    expect(secretsOfConfig(json)).toEqual(["one-secret"]);
  });

  it.each([
    ["AZURE_STORAGE_KEY", "azure-storage-key"],
    ["AZURE_STORAGE_SAS_TOKEN", "sv=2024&sig=abc"],
    ["GOOGLE_OAUTH_ACCESS_TOKEN", "ya29-token"],
    ["AWS_SECRET_ACCESS_KEY", "aws/secret+key="],
    ["PGPASSWORD", "short"],
    ["AWS_ACCESS_KEY_ID", "minio"],
    ["AZURE_STORAGE_KEY", "short"],
    ["SECRET_redisPassword", "of-a-secret"],
  ])("V5: takes the storage key in %s", (name, value) => {
    expect(secretsOfEnvironment({ HOME: "/nowhere", [name]: value })).toContain(value);
  });

  it("V5: takes the keys inside of a connection string and of a JSON key", () => {
    const found = secretsOfEnvironment({
      HOME: "/nowhere",
      AZURE_STORAGE_CONNECTION_STRING: "AccountName=store;AccountKey=key+of/store==;EndpointSuffix=core",
      GOOGLE_CREDENTIALS: JSON.stringify({ type: "service_account", private_key: "-----BEGIN\nkey lines" }),
    });
    expect(found).toEqual(expect.arrayContaining(["key+of/store==", "-----BEGIN\nkey lines"]));
    expect(found).not.toEqual(expect.arrayContaining(["store", "core", "service_account"]));
  });

  it("V5: takes what is in the files that hold logins", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "secret-files-"));
    const file = (name: string, text: string): string => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    file(
      ".aws/credentials",
      "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = aws-from-file\nregion = eu\n",
    );
    file(
      ".pulumi/credentials.json",
      JSON.stringify({ current: "postgres://u:pg-login@db/state", accessTokens: { "https://x": "pul-token" } }),
    );
    try {
      const found = secretsOfEnvironment({ HOME: folder, PULUMI_CONFIG_PASSPHRASE_FILE: file("phrase", "a phrase\n") });
      expect(found.sort()).toEqual(["AKIDEXAMPLE", "a phrase", "aws-from-file", "pg-login", "pul-token"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
