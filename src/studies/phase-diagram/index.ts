import type { Activation } from "../../numerics/meanField/activation.ts";
import { ACTIVATIONS } from "../../numerics/meanField/activations.ts";
import { criticalAt } from "../../numerics/meanField/criticalLine.ts";
import { slopeMoment } from "../../numerics/meanField/moments.ts";
import { chooseActivation } from "../_shared/network/activationOf.ts";
import type { Study } from "../types.ts";
import { QUANTITIES } from "./cards.ts";
import { measureBlocks } from "./measured.ts";
import { readNetworkPart } from "./network.ts";
import { readParameters } from "./parameters.ts";
import { readPlane } from "./plane.ts";
import { readPoint } from "./point.ts";
import type { NetworkPart, PhaseDiagramResult, PlanePoint } from "./types.ts";

/** Order and chaos in the plane of initializations, and where a network's layers stand in it. */
export const phaseDiagramStudy: Study<PhaseDiagramResult> = {
  manifest: {
    id: "phase-diagram",
    version: 2,
    title: "Phase diagram",
    description:
      "Order and chaos in the plane of initializations (σ_w, σ_b), and where the layers of a network stand in it.",
    files: { checkpoint: { description: "a checkpoint, best the initialization", least: 0, most: 1 } },
    needs: ["weights"],
    citations: [
      "B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein & S. Ganguli (2016), Exponential expressivity in deep neural networks through transient chaos",
      "S. S. Schoenholz, J. Gilmer, S. Ganguli & J. Sohl-Dickstein (2017), Deep information propagation",
      "G. Yang & S. S. Schoenholz (2017), Mean field residual networks: on the edge of chaos",
      "B. Hanin & M. Nica (2018), Products of many large random matrices and gradients in deep neural networks",
      "D. Doshi, T. He & A. Gromov (2023), Critical initialization of wide and deep neural networks using partial Jacobians",
      "G. Yang, J. Pennington, V. Rao, J. Sohl-Dickstein & S. S. Schoenholz (2019), A mean field theory of batch normalization",
    ],
    assumptions: [
      "A plain chain of layers: weights do not show skip connections that bear no telling name.",
      "Weights and biases are independent draws with mean 0; of trained weights no χ₁ is claimed.",
      "Width to infinity; what finite width adds is said beside it.",
    ],
    quantities: QUANTITIES,
    memoryBytes: 3 * 2 ** 30,
    timeoutSeconds: 1800,
  },

  async run(context, parameters) {
    const asked = readParameters(parameters);
    const { parts, start } = asked;
    const [file] = context.files;
    let runs = false;
    const choices = ACTIVATIONS.map(({ id, name }) => ({ id, name }));
    const { activation, chosen, network } =
      file === undefined
        ? { ...chooseActivation(asked.activation, null), network: null }
        : await context.withFile(file, async (opened) => {
            runs = opened.checkpoint.format === "onnx" && context.openInference !== undefined;
            const read = chooseActivation(asked.activation, opened.checkpoint);
            const network = parts.has("network")
              ? await readNetworkPart(opened, read.activation, asked, context)
              : null;
            return { ...read, network };
          });
    const probe = probeOf(asked, activation, network);
    const point = parts.has("point") ? readPoint(activation, probe.sigmaW, probe.sigmaB, start) : null;
    const read = { activation: chosen, choices, start, point, network, plane: null };
    const measures = network !== null && network.refusal !== null && runs && file !== undefined;
    if (!parts.has("plane") && !measures) return read;
    context.publish(read);
    const result = measures
      ? { ...read, network: { ...network, measured: await measureBlocks(context, file, start) } }
      : read;
    if (!parts.has("plane")) return result;
    context.publish(result);
    context.progress(0.6);
    const far = (pick: (point: PlanePoint) => number) => Math.max(pick(probe), ...layersOf(network).map(pick));
    const least = { sigmaW: far(({ sigmaW }) => sigmaW), sigmaB: far(({ sigmaB }) => sigmaB) };
    const plane = readPlane(activation, start, least, network?.depth ?? null, context.cancel, (done) =>
      context.progress(0.6 + 0.4 * done),
    );
    return { ...result, plane };
  },
};

function layersOf(network: NetworkPart | null): readonly PlanePoint[] {
  return (network?.layers ?? []).map(({ sigmaW2, sigmaB2 }) => ({
    sigmaW: Math.sqrt(sigmaW2),
    sigmaB: Math.sqrt(sigmaB2 ?? 0),
  }));
}

/** Where the probe stands to begin with: at the layer of median σ_w of a network as drawn, else on the critical line at σ_b² = 0.05, else at its point. */
function probeOf(
  { sigmaW, sigmaB }: { readonly sigmaW: number | null; readonly sigmaB: number | null },
  activation: Activation,
  network: NetworkPart | null,
): PlanePoint {
  // Beside trained weights a reading at their place would be taken for theirs.
  const layers = network?.claims === false ? [] : [...layersOf(network)].sort((a, b) => a.sigmaW - b.sigmaW);
  const median = layers[Math.floor(layers.length / 2)];
  const critical = criticalAt(activation, 0.05);
  const fallback =
    median ??
    (critical?.attainable === true
      ? { sigmaW: Math.sqrt(critical.weight), sigmaB: Math.sqrt(critical.bias) }
      : { sigmaW: Math.sqrt(1 / slopeMoment(activation, 1)), sigmaB: 0 });
  return { sigmaW: sigmaW ?? fallback.sigmaW, sigmaB: sigmaB ?? fallback.sigmaB };
}
