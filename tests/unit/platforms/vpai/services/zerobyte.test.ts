import { hostJobsOf } from "../../../../../model/platform";
import { jobsOf, networksOf } from "../../../../../model/service";
import { contextOf, hostViews } from "../../../../../platforms/contexts";
import vpai from "../../../../../platforms/vpai/platform";
import { STACK } from "../../../../context";

/** Zerobyte's API asks nobody who he is: who is on its network reads every secret (docs/decisions/zerobyte.md). */

const settings = { ...STACK.settings, backupsBucket: "vpai-backups", sharedBucket: "vpai-shared" };
const context = contextOf("seko-vpn", { ...STACK, services: vpai.groups, settings }, hostViews(vpai));

test("its network has its two members, and no job ever is there", () => {
  const onIt = context.services.filter((service) => networksOf(service).includes("storage"));
  expect(onIt.map(({ name }) => name).sort()).toEqual(["gateway", "zerobyte"]);
  const jobs = [
    ...hostJobsOf(vpai.hosts["seko-vpn"] ?? {}, context).map((job) => ({ job, own: [] })),
    ...context.services.flatMap((owner) => jobsOf(owner, context).map((job) => ({ job, own: networksOf(owner) }))),
  ];
  expect(jobs.map(({ job: { name } }) => name)).toContain("offsite");
  const there = jobs.filter(({ job, own }) => job.in === "container" && (job.networks ?? own).includes("storage"));
  expect(there.map(({ job: { name } }) => name)).toEqual([]);
});
