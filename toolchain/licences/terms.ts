/** Where a manifest's names are published. */
export type Registry = "go" | "npm" | "pypi";

/** A module or package that no manifest may name. */
export interface Excluded {
  registry: Registry;
  /** Its name; for Go without the major version at the end, which is matched whatever it is. */
  name: string;
  /** Whether what lies below the name is excluded, too: `name/…`. */
  below?: true;
  /** First version it is true of, e.g. `1.17`; absent where it is true of all. */
  from?: string;
  /** What it is under. */
  terms: string;
}

const AGPL = "AGPL-3.0";
const BUSL = "BUSL-1.1";
const VENDOR = "its vendor's own terms, no open-source licence";
const NONE = "no licence file, so nobody may use it";

/**
 * Read off the projects' own licence files. Go's and Python's manifests say no licence, so what is under one that the
 * project does not take is named here; npm's lockfiles do, and {@link refusesLicence} reads them.
 */
export const EXCLUDED: readonly Excluded[] = [
  { registry: "go", name: "github.com/grafana/grafana", below: true, terms: AGPL },
  { registry: "go", name: "github.com/grafana/loki", terms: AGPL },
  {
    registry: "go",
    name: "github.com/grafana/alloy",
    terms: `a free licence, but it requires Loki's module (${AGPL})`,
  },
  { registry: "go", name: "github.com/grafana/mimir", terms: AGPL },
  { registry: "go", name: "github.com/grafana/pyroscope", terms: AGPL },
  { registry: "go", name: "github.com/grafana/tempo", terms: AGPL },
  { registry: "go", name: "go.k6.io/k6", terms: AGPL },
  { registry: "go", name: "github.com/minio/minio", terms: AGPL },
  { registry: "go", name: "github.com/aminueza/terraform-provider-minio", terms: AGPL },
  { registry: "go", name: "github.com/hashicorp/consul", from: "1.17", terms: BUSL },
  { registry: "go", name: "github.com/hashicorp/consul/envoyextensions", terms: BUSL },
  { registry: "go", name: "github.com/hashicorp/consul/troubleshoot", terms: BUSL },
  { registry: "go", name: "github.com/hashicorp/nomad", from: "1.7", terms: BUSL },
  { registry: "go", name: "github.com/hashicorp/terraform", from: "1.6", terms: BUSL },
  { registry: "go", name: "github.com/hashicorp/vault", from: "1.15", terms: BUSL },
  { registry: "go", name: "github.com/cockroachdb/cockroach", terms: VENDOR },
  { registry: "go", name: "github.com/redpanda-data/connect", terms: VENDOR },
  { registry: "go", name: "github.com/rqlite/rqlite", terms: VENDOR },
  { registry: "go", name: "github.com/unidoc/unioffice", terms: VENDOR },
  { registry: "go", name: "github.com/alecthomas/kong-yaml", terms: NONE },
  { registry: "go", name: "github.com/ian-kent/linkio", terms: NONE },
  { registry: "go", name: "github.com/wangbin/jiebago", terms: NONE },
  { registry: "npm", name: "remotion", terms: VENDOR },
  { registry: "npm", name: "@remotion", below: true, terms: VENDOR },
  { registry: "npm", name: "@strudel", below: true, terms: AGPL },
  { registry: "pypi", name: "litellm-enterprise", terms: VENDOR },
];

/** A package that is taken although its lockfile's word for its licence is refused, or is missing. */
export interface Tolerated {
  /** Its name, or the beginning of its name with `*` behind it. */
  name: string;
  reason: string;
}

const N8N =
  "n8n's Sustainable Use License lets one run it for purposes of one's own; the lab runs it and passes nothing on";
const NOCODB =
  "NocoDB's Sustainable Use License lets one run it for purposes of one's own; the lab runs it and passes nothing on";

/** What the owner chose to run, and packages that were looked at because their lockfile says too little. */
export const TOLERATED: readonly Tolerated[] = [
  { name: "n8n", reason: N8N },
  { name: "n8n-*", reason: N8N },
  { name: "@n8n/*", reason: N8N },
  { name: "@n8n_io/*", reason: N8N },
  { name: "nocodb", reason: NOCODB },
  { name: "nocodb-sdk", reason: NOCODB },
  { name: "nc-lib-gui", reason: NOCODB },
  { name: "@logdna/tail-file", reason: "its file LICENSE is the MIT licence" },
  { name: "flatbuffers", reason: "its file LICENSE is the Apache License 2.0" },
];

/** Words for terms that the project does not take, as npm's lockfiles have them. */
const REFUSED =
  /AGPL|SSPL|BUSL|Business Source|Commons.?Clause|Elastic|PolyForm|Sustainable Use|Fair.?code|LicenseRef|UNLICENSED|SEE LICEN[CS]E|CC-BY-NC|proprietary|commercial/i;

/**
 * Whether a licence, as SPDX writes it, is one that the project does not take. Of several to choose from, one that is
 * taken is enough.
 */
export const refusesLicence = (licence: string): boolean =>
  licence
    .replace(/^\((.*)\)$/, "$1")
    .split(/ OR /i)
    .every((choice) => REFUSED.test(choice));
