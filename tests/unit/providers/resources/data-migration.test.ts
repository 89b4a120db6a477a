import "../without-sdk";
import { implement } from "../../../../providers/implementation";
import { expectReadableData, type VersionedData } from "../../../../providers/host/data";
import { type DataMigrationInputs, dataMigrationKind } from "../../../../providers/resources/data-migration";
import type { Answer } from "../../../../providers/ssh/transport";
import { ScriptedHost } from "../scripted-host";
import { SshServer } from "../ssh-server";

let server: SshServer;
let inputs: DataMigrationInputs;

beforeAll(async () => {
  server = await SshServer.start();
  inputs = {
    connection: server.connection,
    container: "vpai_postgresql",
    service: "postgresql",
    program: "PostgreSQL",
    major: 18,
    image: "sha256:new",
    reference: "docker.io/library/postgres:18.1",
    release: "20261129T230000Z-17.6",
    command: ["/bin/bash", "/opt/vpai/configs/backup-x/backup.sh", "/opt/vpai", "vpai_", "-"],
  };
});
afterAll(() => server.stop());
beforeEach(() => {
  server.commands.length = 0;
  jest.spyOn(console, "log").mockImplementation(() => undefined);
  jest.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

const answers = (answer: Partial<Answer>): void =>
  void (server.respond = () => ({ code: 0, stdout: "", stderr: "", ...answer }));

test("the host is told the image and the release, and how large the data are is kept", async () => {
  answers({ stdout: "postgresql: data of version 18, 73000000 bytes\n" });
  expect(await implement(dataMigrationKind).create({ ...inputs })).toMatchObject({
    outs: { bytes: 73_000_000, major: 18 },
  });
  expect(server.commands).toEqual([
    [
      ...inputs.command,
      "migrate",
      "postgresql",
      "sha256:new",
      "docker.io/library/postgres:18.1",
      "20261129T230000Z-17.6",
    ],
  ]);
});

test("what keeps it from being done is in one error", async () => {
  answers({ code: 1, stderr: "backup: expected 900 MiB free on the disk\n" });
  await expect(implement(dataMigrationKind).create({ ...inputs, release: "" })).rejects.toThrow(
    `postgresql on ${inputs.connection.host}: expected data that docker.io/library/postgres:18.1 reads, found that there are none: expected 900 MiB free on the disk`,
  );
  expect(server.commands[0]?.at(-1)).toBe("-");
});

describe("a preview", () => {
  const state = () => ({ ...inputs, major: 17, reference: "docker.io/library/postgres:17.6", bytes: 1, version: 1 });
  const said = async (news: DataMigrationInputs): Promise<string> => {
    await implement(dataMigrationKind).diff("x", state(), news);
    return (console.error as jest.Mock).mock.calls.flat().join("\n");
  };

  test("says from where to where, how much, and that the service is down meanwhile", async () => {
    answers({ stdout: "17\t17/docker\t1181116006\n" });
    expect(await said({ ...inputs })).toBe(
      `warning: postgresql on ${inputs.connection.host}: its data are those of PostgreSQL 17 (1127 MiB). \`up\` copies them, and brings ` +
        "them into PostgreSQL 18 (docker.io/library/postgres:18.1): postgresql is down meanwhile. The data of before are kept beside the " +
        "new ones, and `make rollback SERVICE=postgresql` goes back to them.",
    );
  });

  test("does without what a host that does not answer knows", async () => {
    answers({ code: 1 });
    expect(await said({ ...inputs, reference: "docker.io/library/postgres:18.2" })).toContain(
      "those of PostgreSQL 17. `up` copies them",
    );
  });

  test("says that a lower version is refused", async () => {
    answers({ stdout: "17\t17/docker\t1181116006\n" });
    expect(await said({ ...inputs, major: 16, reference: "docker.io/library/postgres:16.9" })).toContain(
      "which docker.io/library/postgres:16.9 cannot read: `up` refuses it. `make rollback SERVICE=postgresql` goes back",
    );
  });

  test("says nothing where the version stays", async () => {
    answers({ stdout: "17\t17/docker\t1181116006\n" });
    expect(await said({ ...inputs, major: 17, reference: "docker.io/library/postgres:17.7" })).toBe("");
    expect(server.commands).toEqual([]);
  });
});

describe("before anything changes on a host", () => {
  const data: VersionedData = {
    ...{ service: "postgresql", program: "PostgreSQL", folder: "/opt/vpai/data/postgresql", major: 18 },
    ...{ image: "docker.io/library/postgres:18.1", place: "18/docker", find: "echo", migrates: true },
  };
  const look = (holds: string, more: Partial<VersionedData> = {}): Promise<void> =>
    expectReadableData(new ScriptedHost(() => (holds === "" ? "" : `${holds}\t${holds}/docker\t1\n`)), [
      { ...data, ...more },
    ]);

  test.each(["", "17", "18"])("data of version %p are taken on by 18", async (holds) => {
    await expect(look(holds)).resolves.toBeUndefined();
  });

  test("a lower version than that of the data is refused", async () => {
    await expect(look("18", { major: 17, image: "docker.io/library/postgres:17.6" })).rejects.toThrow(
      "postgresql: expected an image of PostgreSQL 18 or higher, as its data in /opt/vpai/data/postgresql are of 18, found " +
        "docker.io/library/postgres:17.6, which cannot read them: keep PostgreSQL 18, or go back with the data: make rollback " +
        "SERVICE=postgresql. Nothing was changed.",
    );
  });

  test("data that the image would not find are no empty beginning", async () => {
    await expect(look("18", { place: "18/main" })).rejects.toThrow(
      "postgresql: expected its data of PostgreSQL 18 in /opt/vpai/data/postgresql/18/main, where docker.io/library/postgres:18.1 looks " +
        "for them, found them in /opt/vpai/data/postgresql/18/docker: stop whoever serves them and move them there",
    );
  });

  test("and so is a higher one where nobody would bring the data into it", async () => {
    await expect(look("17", { migrates: false })).rejects.toThrow("this host makes no backups");
  });
});
