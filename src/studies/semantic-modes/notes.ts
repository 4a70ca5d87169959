import type { Given } from "./given.ts";
import type { SemanticModesParameters } from "./types.ts";

/** What a reader must know of the conventions and of what could not be said. */
export function notesOf(
  { properties, inputs, network, answers }: Given,
  { convention, centre }: SemanticModesParameters,
  { noisy, lost }: { readonly noisy: boolean; readonly lost: number },
): readonly string[] {
  const notes: string[] = [];
  if (properties !== null) {
    const items = properties.values.columns;
    notes.push(
      convention === "sum"
        ? `Sum convention: Σʸˣ = YXᵀ over ${items} items. In full-batch steps of rate λ time is counted in τ = 1/λ.`
        : `Mean convention: Σʸˣ = YXᵀ/${items}. Time is counted in τ = 1/(λ·${items}) steps, and Σˣ is divided by ${items} too.`,
    );
    if (inputs === null) notes.push("Each item is one input (one-hot): Σˣ is white, and modes do not mix.");
    if (centre)
      notes.push("Each property's mean over the items is taken away: what all items share is no mode any more.");
  } else if (network !== null)
    notes.push(
      "These are the network's own modes: that its weights have them is no evidence of anything. Give the table that it was trained on to see which of the data's modes it has learned.",
    );
  if (lost > 0)
    notes.push(
      `${lost} modes of the product are too weak for their vectors to survive its rounding: their ln σ is right, but they have no vectors here.`,
    );
  if (!noisy && properties === null && network !== null && network.layers.length > 1)
    notes.push("No error bars: noise in a product of matrices has no law that its own spectrum tells.");
  if (answers?.run === true)
    notes.push(
      `${answers.file} was run on the given inputs: the map is that of its answers, its weights are shown as they are.`,
    );
  else if (answers !== null && network !== null)
    notes.push(
      `The map is that of the given answers (${answers.file}); the weights of ${network.file} are shown as a chain only.`,
    );
  return notes;
}
