import "../without-sdk";
import { implement, type Kind } from "../../../../providers/implementation";

/** Something in a program of a host. */
interface Inputs {
  connection: { host: string };
  server: { container: string; port: number; password?: string };
  name: string;
}

/** A kind whose program lets in one password, and that notes what it was asked to take away. */
function kindOf(letsIn: string, options: Partial<Kind<Inputs>> = {}): { kind: Kind<Inputs>; removed: Inputs[] } {
  const removed: Inputs[] = [];
  const kind: Kind<Inputs> = {
    version: 1,
    identity: ["name"],
    ensure: (inputs) => Promise.resolve(inputs),
    observe: (state) => Promise.resolve(state),
    remove: (state) => {
      removed.push(state);
      return state.server.password === letsIn ? Promise.resolve() : Promise.reject(new Error(`refused ${state.name}`));
    },
    ...options,
  };
  return { kind, removed };
}

/** Of a host of its own for each test: what is noted, is noted for the whole process. */
const on = (host: string, password: string | undefined): Inputs => ({
  connection: { host },
  server: { container: "kuma", port: 3001, ...(password === undefined ? {} : { password }) },
  name: "one",
});

test("what is taken away is asked for with the password that the program has by now", async () => {
  const { kind, removed } = kindOf("new");
  const provider = implement(kind);
  await provider.check(on("a", "old"), { ...on("a", "new"), name: "other" });
  await provider.delete("id", on("a", "old"));
  expect(removed).toEqual([on("a", "new")]);
});

test("with that of before where the new one is not in force yet; where neither is, it is said of the new one", async () => {
  const old = kindOf("old");
  await implement(old.kind).check({}, on("b", "new"));
  await implement(old.kind).delete("id", on("b", "old"));
  expect(old.removed).toEqual([on("b", "new"), on("b", "old")]);
  const neither = kindOf("third", {
    remove: ({ server }) => Promise.reject(new Error(`refused ${server.password ?? ""}`)),
  });
  await expect(implement(neither.kind).delete("id", on("b", "old"))).rejects.toThrow("refused new");
});

test("with its own where the program has nothing there any more, or knows the server by other things", async () => {
  const { kind, removed } = kindOf("old");
  const provider = implement(kind);
  await provider.check({}, on("elsewhere", "new"));
  await provider.check({}, on("c", undefined));
  await provider.delete("id", on("c", "old"));
  expect(removed).toEqual([on("c", "old")]);
});

test("a preview's values, which nobody knows yet, are no login", async () => {
  const { kind, removed } = kindOf("old");
  const provider = implement(kind);
  await provider.check({}, on("d", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"));
  await provider.delete("id", on("d", "old"));
  expect(removed).toEqual([on("d", "old")]);
});

describe("on a host that is logged in to in another way by now", () => {
  const HOST_KEY = "ssh-ed25519 AAAAhost";
  const reached = (user: string, hostKey = HOST_KEY): Inputs => {
    const connection = { host: `192.0.2.${user.length}`, port: 804, user, hostKey };
    return { connection, server: { container: "none", port: 1, password: "any" }, name: "one" };
  };

  /** A host that lets in one user; each is noted who tries. */
  const letsIn = (wanted: string) => {
    const tried: string[] = [];
    const { kind } = kindOf("", {
      remove: ({ connection }) => {
        const { user } = connection as unknown as { user: string };
        tried.push(user);
        return user === wanted ? Promise.resolve() : Promise.reject(new Error(`${user} is not let in`));
      },
    });
    return { provider: implement(kind), tried };
  };

  test("what is taken away is reached as the program does, whatever address the state has", async () => {
    const { provider, tried } = letsIn("mobuone");
    await provider.check({}, { ...reached("mobuone"), name: "other" });
    await provider.delete("id", reached("root"));
    expect(tried).toEqual(["mobuone"]);
  });

  test("and as before where that is not in force yet", async () => {
    const { provider, tried } = letsIn("root");
    await provider.delete("id", reached("root"));
    expect(tried).toEqual(["mobuone", "root"]);
  });

  test("another host, and one whose key nobody has pinned, are none of its", async () => {
    const { provider, tried } = letsIn("root");
    await provider.check({}, reached("other", ""));
    await provider.delete("id", reached("root", "ssh-ed25519 AAAAelsewhere"));
    await provider.delete("id", reached("root", ""));
    expect(tried).toEqual(["root", "root"]);
  });
});
