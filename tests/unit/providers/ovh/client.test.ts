import { z } from "zod";
import { OvhApi } from "../../../../providers/ovh/client";
import { KEYS, OvhApiServer } from "../../../ovh-api/api";

test("an answer of OVH of another form is told by its place", async () => {
  const server = new OvhApiServer();
  const api = new OvhApi({ ...KEYS, endpoint: await server.start() });
  const asked = api.send(z.array(z.string()), "GET", "/domain/zone/example.org/record?subDomain=");
  await expect(asked).resolves.toEqual([]);
  server.zone.put("", "NS", "dns1.ovh.net.");
  await expect(api.send(z.array(z.string()), "GET", "/domain/zone/example.org/record?subDomain=")).rejects.toThrow(
    new Error(
      "expected an answer of OVH to GET /domain/zone/example.org/record?subDomain= with a text in 0, found a number there: " +
        "compare the version of the program that gave it with the one that is pinned here",
    ),
  );
  await server.stop();
});
