import { signatureOf } from "../../../../providers/ovh/signature";
import { expectedSignature } from "../../../ovh-api/signature";

// OVH's own example (https://help.ovhcloud.com, "First steps with the OVHcloud APIs").
const AS = "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF";
const CK = "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1";
const URL_ = "https://eu.api.ovh.com/1.0/domains/";
const KNOWN = "$1$d3705e8afb27a0d2970a322b96550abfc67bb798";

test("a request is signed as OVH's documentation shows", () => {
  const request = { method: "GET", url: URL_, body: "", timestamp: 1366560945 };
  expect(signatureOf({ applicationSecret: AS, consumerKey: CK }, request)).toBe(KNOWN);
});

test("the fake of the API computes the same by itself", async () => {
  expect(await expectedSignature([AS, CK, "GET", URL_, "", 1366560945])).toBe(KNOWN);
});

test.each([
  ["method", { method: "POST" }],
  ["url", { url: `${URL_}x` }],
  ["body", { body: "{}" }],
  ["time", { timestamp: 1366560946 }],
])("another %s is another signature", (_part, change) => {
  const request = { method: "GET", url: URL_, body: "", timestamp: 1366560945, ...change };
  expect(signatureOf({ applicationSecret: AS, consumerKey: CK }, request)).not.toBe(KNOWN);
});
