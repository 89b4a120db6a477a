import { jobsOf } from "../../../../model/service";
import { hostViews } from "../../../../platforms/contexts";
import vpai from "../../../../platforms/vpai/platform";
import { contextWith } from "../../../context";

/** The jobs that tell how long certificates are good, as they are on each host. */
const jobsOn = (host: string) =>
  hostViews(vpai)
    .filter(({ name }) => name === host)
    .flatMap(({ services }) => services.flatMap((service) => jobsOf(service, contextWith({ host }))))
    .filter(({ argv }) => argv.includes("/run/certificates/certificates.sh"));

test.each([
  ["sese-ai", "caddy-certificates", "caddy", "/run/certificates-of/caddy/certificates"],
  ["seko-vpn", "gateway-certificates", "gateway", "/run/certificates-of/caddy/certificates"],
  ["workstation", "caddy-workstation-certificates", "caddy-workstation", "/run/certificates-of/certificates"],
])("those of %s's gateway are looked at every hour, by %s", (host, job, data, folder) => {
  const found = jobsOn(host).map(({ name, schedule, argv, hostMounts }) => [name, schedule, argv[2], hostMounts]);
  expect(found).toEqual([[job, "hourly", folder, [{ source: data, target: "/run/certificates-of" }]]]);
});

test("on the hub, Headscale's among them", () => {
  const [job] = jobsOn("seko-vpn");
  const [, hostnames] = job?.files?.(contextWith({ host: "seko-vpn" })) ?? [];
  expect(hostnames?.content).toMatch(/^singa\.ewutelo\.cloud$/m);
});
