import { ADDRESS_SETTINGS, addressesFor } from "../../../../../../platforms/vpai/services/n8n/addresses";
import n8n from "../../../../../../platforms/vpai/services/n8n";
import { contextWith } from "../../../../../context";

test("workflows reach the studio by its names in the VPN, and the host's own services on their network", () => {
  expect(addressesFor(contextWith())).toEqual({
    COMFYUI_URL: "https://studio.ewutelo.cloud",
    REMOTION_URL: "https://cut.ewutelo.cloud",
    KANEO_URL: "http://kaneo-api:1337",
    KANEO_PROJECT: "",
    LITELLM_URL: "http://litellm:4000",
  });
});

test("a stack says otherwise", () => {
  const settings = { comfyuiUrl: "http://a:1", remotionUrl: "http://b:2", kaneoProject: "p1" };
  expect(addressesFor(contextWith({ settings }))).toMatchObject({
    COMFYUI_URL: "http://a:1",
    REMOTION_URL: "http://b:2",
    KANEO_PROJECT: "p1",
  });
});

test("where the core runs alone, there is nothing of the applications, and no secret ever", () => {
  const core = contextWith({ runs: [n8n] });
  expect(Object.keys(addressesFor(core)).sort()).toEqual(["COMFYUI_URL", "KANEO_PROJECT", "REMOTION_URL"]);
});

test.each([
  ["comfyuiUrl", "studio.ewutelo.cloud", "https://studio.ewutelo.cloud"],
  ["remotionUrl", "https://cut.ewutelo.cloud/", "http://10.0.0.1:3200/api"],
  ["kaneoProject", "../p1", "ab12"],
] as const)("%s may not be %s, and may be %s", (name, wrong, right) => {
  expect(ADDRESS_SETTINGS[name].safeParse(wrong).success).toBe(false);
  expect(ADDRESS_SETTINGS[name].safeParse(right).success).toBe(true);
});
