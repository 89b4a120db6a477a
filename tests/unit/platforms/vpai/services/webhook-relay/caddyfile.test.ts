import { relayCaddyfile } from "../../../../../../platforms/vpai/services/webhook-relay/caddyfile";
import { contextOf, hostViews } from "../../../../../../platforms/contexts";
import vpai from "../../../../../../platforms/vpai/platform";
import type { Service } from "../../../../../../model/service";
import { STACK } from "../../../../../context";
import { serviceWith } from "../../../../../service";

/** @param address of Sese-AI in the VPN */
function relay(address: string | undefined, tls: "internal" | "acme-ovh" = "acme-ovh", more: Service[] = []): string {
  const views = hostViews(vpai).map((view) =>
    view.name === "sese-ai" ? { ...view, services: [...view.services, ...more], vpnAddress: address } : view,
  );
  return relayCaddyfile(contextOf("seko-vpn", { ...STACK, tls }, views));
}

test("webhooks go to Sese-AI's VPN address under n8n's own name, held for 90 seconds", () => {
  const text = relay("100.64.0.14");
  expect(text).toContain("handle /webhook/* {");
  expect(text).toContain("reverse_proxy https://100.64.0.14:443 {");
  for (const line of ["header_up Host mayi.ewutelo.cloud", "lb_try_duration 90s", "tls_server_name mayi.ewutelo.cloud"])
    expect(text).toContain(`\t${line}\n`);
  expect(text).toContain("header Retry-After 30\n\t\t\trespond 503");
  expect(text).not.toContain("insecure");
  expect(text).not.toContain("lb_retry_match");
});

test("a certificate of the host's own authority is not checked", () => {
  expect(relay("100.64.0.14", "internal")).toContain("tls_insecure_skip_verify");
});

test("while Sese-AI has no VPN address, senders are told to come again", () => {
  const text = relay(undefined);
  expect(text).not.toContain("reverse_proxy");
  expect(text).toContain("handle /webhook/* {\n\t\t\terror 503");
});

test("two sites under one path are an error", () => {
  const expose = [{ subdomain: "b", port: 1, access: "vpn", path: "/webhook/*", relayed: true }] as const;
  expect(() => relay("100.64.0.14", "acme-ovh", [serviceWith({ expose })])).toThrow(/under \/webhook\/\*, found two/);
});
