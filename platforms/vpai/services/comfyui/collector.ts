import { notesCollector } from "../../../../programs/notes";
import { vaultLogin } from "../couchdb/users";

/** Folders below the host's data where renders lie, and where the job finds them. */
const COMFYUI = { directory: "comfyui/output", folder: "/srv/comfyui" };
const REMOTION = { directory: "remotion/output", folder: "/srv/remotion" };

/** MiB up to which a picture itself comes into the vault (docs/decisions/notes.md). */
const PICTURE_MIB = 8;

export const PI_COLLECTOR_LOGIN = vaultLogin("obsidian-collector-pi");

const renders = (program: string, folder: string) => ({
  kind: "renders" as const,
  name: program.toLowerCase(),
  program,
  folder,
  into: ["Pi", program],
  pictureMiB: PICTURE_MIB,
});

/** The nightly notes of the workstation (docs/requirements.md#obsidian-sync). */
export const PI_COLLECTOR = notesCollector({
  name: "obsidian-collector-pi",
  purpose: "ComfyUI's and Remotion's renders as notes",
  schedule: "*-*-* 04:00:00",
  networks: ["workstation_creative"],
  vault: PI_COLLECTOR_LOGIN,
  hostMounts: [COMFYUI, REMOTION].map(({ directory, folder }) => ({ source: directory, target: folder })),
  sources: () => [renders("ComfyUI", COMFYUI.folder), renders("Remotion", REMOTION.folder)],
});
