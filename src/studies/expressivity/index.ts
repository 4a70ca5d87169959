import { openChain } from "../_shared/network/openChain.ts";
import type { Study } from "../types.ts";
import { QUANTITIES } from "./cards.ts";
import { chainExpressivity } from "./chain.ts";
import { graphExpressivity } from "./graph.ts";
import { readParameters } from "./parameters.ts";
import type { ExpressivityResult } from "./types.ts";

/** A curve of inputs pushed through a network: how it is stretched and bent from layer to layer, beside the recursion of random networks. */
export const expressivityStudy: Study<ExpressivityResult> = {
  manifest: {
    id: "expressivity",
    version: 2,
    title: "Expressivity",
    description:
      "A great circle, or two inputs joined, pushed through a network: lengths, curvature and correlations layer by layer, beside the theory.",
    files: {
      checkpoint: {
        description: "a checkpoint of a chain of dense layers, or an ONNX model of any kind",
        least: 1,
        most: 1,
      },
      inputs: { description: "tables or arrays of inputs, one a row", least: 0, most: 1 },
    },
    needs: ["weights"],
    citations: [
      "B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein & S. Ganguli (2016), Exponential expressivity in deep neural networks through transient chaos",
      "M. Raghu, B. Poole, J. Kleinberg, S. Ganguli & J. Sohl-Dickstein (2017), On the expressive power of deep neural networks",
    ],
    assumptions: [
      "A checkpoint is a chain of dense layers with one activation between them; an ONNX model is what its graph says.",
      "Theory for weights as drawn, each layer at its own σ̂_w² and σ̂_b², width to infinity; for a circle, which keeps one q.",
    ],
    quantities: QUANTITIES,
    memoryBytes: 3 * 2 ** 30,
    timeoutSeconds: 1800,
  },

  async run(context, parameters) {
    const asked = readParameters(parameters);
    const { file, chain } = await openChain(context, asked.activation);
    return chain === null ? graphExpressivity(context, file, asked) : chainExpressivity(context, chain, asked);
  },
};
