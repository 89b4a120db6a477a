/** What a picture was made from. */
export interface Prompt {
  texts: string[];
  models: string[];
}

interface Node {
  inputs?: Record<string, unknown>;
}

const words = (nodes: readonly Node[], inputs: readonly string[]): string[] => [
  ...new Set(
    nodes.flatMap((node) =>
      inputs.flatMap((input) => {
        const text = node.inputs?.[input];
        return typeof text === "string" && text.trim() !== "" ? [text.trim()] : [];
      }),
    ),
  ),
];

/** The graph that ComfyUI puts into its pictures under `prompt`: nodes by number, each with its inputs. */
export function readPrompt(graph: string | undefined): Prompt | undefined {
  if (graph === undefined) return undefined;
  try {
    const nodes = Object.values(JSON.parse(graph) as Record<string, Node>);
    return { texts: words(nodes, ["text"]), models: words(nodes, ["ckpt_name", "unet_name", "lora_name"]) };
  } catch {
    return undefined;
  }
}
