import { readFileSync } from "node:fs";
import path from "node:path";
import { parsePreview, type PreviewStep, type PulumiPreviewJson } from "../../../../commands/preview-comment/preview";

/** A recorded output of `pulumi preview --json` of a small Docker stack (engine 3.250.0), without machine paths. */
export const recorded = (name: string): PulumiPreviewJson =>
  parsePreview(readFileSync(path.join(__dirname, "fixtures", `${name}.json`), "utf8"));

interface Made {
  name?: string;
  type?: string;
  op?: string;
  from?: Record<string, unknown>;
  to?: Record<string, unknown>;
  parent?: string;
  step?: Partial<PreviewStep>;
}

/** A preview of one made-up step. Without `from` or `to` that state is absent. */
export function madeUp({
  name = "sese-ai/n8n",
  type = "docker:index/container:Container",
  op = "update",
  from,
  to,
  parent,
  step,
}: Made): PulumiPreviewJson {
  const urn = `urn:pulumi:prod::vpai::vpai:hosts:Host$${type}::${name}`;
  const state = (inputs: Record<string, unknown>) => ({
    urn,
    type,
    custom: true,
    inputs,
    ...(parent === undefined ? {} : { parent }),
  });
  return {
    steps: [{ op, urn, ...(from ? { oldState: state(from) } : {}), ...(to ? { newState: state(to) } : {}), ...step }],
    changeSummary: { same: 5 },
  };
}
