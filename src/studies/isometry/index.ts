import { openChain } from "../_shared/network/openChain.ts";
import type { Study } from "../types.ts";
import { QUANTITIES } from "./cards.ts";
import { chainIsometry } from "./chain.ts";
import { graphIsometry } from "./graph.ts";
import { readParameters } from "./parameters.ts";
import type { IsometryResult } from "./types.ts";

/** Singular values of the Jacobian from layer to layer and end to end, of the weights at hand beside the theory of random ones. */
export const isometryStudy: Study<IsometryResult> = {
  manifest: {
    id: "isometry",
    version: 3,
    title: "Dynamical isometry",
    description:
      "Singular values of a network's Jacobian from layer to layer and end to end, beside the theory of Gaussian and orthogonal weights.",
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
      "J. Pennington, S. S. Schoenholz & S. Ganguli (2017), Resurrecting the sigmoid in deep learning through dynamical isometry",
      "J. Pennington, S. S. Schoenholz & S. Ganguli (2018), The emergence of spectral universality in deep networks",
      "D. Doshi, T. He & A. Gromov (2023), Critical initialization of wide and deep neural networks using partial Jacobians",
      "G. H. Golub & W. Kahan (1965), Calculating the singular values and pseudo-inverse of a matrix",
      "S. Ubaru, J. Chen & Y. Saad (2017), Fast estimation of tr(f(A)) via stochastic Lanczos quadrature",
    ],
    assumptions: [
      "A checkpoint is a chain of dense layers with one activation between them; weights do not show skip connections that bear no telling name.",
      "An ONNX model is what its graph says: its Jacobian is exact, in the model's own float32.",
      "Gaussian inputs unless a file of inputs is chosen.",
      "Theory for weights as drawn and square layers alone.",
    ],
    quantities: QUANTITIES,
    memoryBytes: 3 * 2 ** 30,
    timeoutSeconds: 1800,
  },

  async run(context, parameters) {
    const asked = readParameters(parameters);
    const { file, chain } = await openChain(context, asked.activation);
    return chain === null ? graphIsometry(context, file, asked) : chainIsometry(context, chain, asked);
  },
};
