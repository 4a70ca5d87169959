// Demonstrations on norms, residual networks and what code implies: Yang 2019; Yang & Schoenholz 2017; PyTorch's and GPT-2's initializations.
import { meanSquare } from "../../../src/numerics/meanField/moments.ts";
import { postActivationNorm } from "../../../src/numerics/meanField/normalized.ts";
import { phaseOf } from "../../../src/numerics/meanField/phase.ts";
import { residualCourse, tanhResidualRate } from "../../../src/numerics/meanField/residual.ts";
import { Random } from "../../../src/numerics/random.ts";
import { known, squareWeights } from "./draws.ts";
import type { Demo } from "./types.ts";

/** Squared gradient norm a layer of a ReLU network with batch norm before each activation, drawn: forward and back over a batch. */
function batchNormGrowth(n: number, batch: number, layers: number): number {
  const random = new Random(1100);
  let x = Float64Array.from({ length: batch * n }, () => random.normal());
  const kept: { weights: Float64Array; y: Float64Array; scale: Float64Array }[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const weights = squareWeights(n, 1, "gaussian", random);
    const h = times(x, weights, batch, n, false);
    const scale = new Float64Array(n);
    const y = new Float64Array(batch * n);
    for (let i = 0; i < n; i++) {
      let [mean, square] = [0, 0];
      for (let b = 0; b < batch; b++) mean += h[b * n + i]! / batch;
      for (let b = 0; b < batch; b++) square += (h[b * n + i]! - mean) ** 2 / batch;
      scale[i] = 1 / Math.sqrt(square);
      for (let b = 0; b < batch; b++) y[b * n + i] = (h[b * n + i]! - mean) * scale[i]!;
    }
    kept.push({ weights, y, scale });
    x = y.map((value) => Math.max(0, value));
  }
  let g = Float64Array.from({ length: batch * n }, () => random.normal());
  const norms: number[] = [];
  for (const { weights, y, scale } of kept.reverse()) {
    const d = g.map((value, k) => (y[k]! > 0 ? value : 0));
    for (let i = 0; i < n; i++) {
      let [mean, along] = [0, 0];
      for (let b = 0; b < batch; b++) {
        mean += d[b * n + i]! / batch;
        along += (d[b * n + i]! * y[b * n + i]!) / batch;
      }
      for (let b = 0; b < batch; b++) d[b * n + i] = scale[i]! * (d[b * n + i]! - mean - y[b * n + i]! * along);
    }
    g = times(d, weights, batch, n, true);
    norms.push(g.reduce((sum, value) => sum + value * value, 0));
  }
  // The first steps settle from the random gradient, the last from the random input.
  const [from, to] = [3, norms.length - 3];
  return (norms[to]! / norms[from]!) ** (1 / (to - from));
}

function times(
  x: Float64Array,
  w: Float64Array,
  batch: number,
  n: number,
  transposed: boolean,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(batch * n);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < n; i++) {
      if (transposed) {
        const factor = x[b * n + i]!;
        for (let j = 0; j < n; j++) out[b * n + j] = out[b * n + j]! + factor * w[i * n + j]!;
      } else {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += w[i * n + j]! * x[b * n + j]!;
        out[b * n + i] = sum;
      }
    }
  return out;
}

export function normExplodes(): Demo {
  const drawn = batchNormGrowth(128, 128, 16);
  const squared = postActivationNorm(known("relu"), true);
  return {
    id: "norm-explodes",
    title: "Normalisation does not cure gradients: 1.21 a layer",
    after: "Yang et al. 2019",
    words: [
      "A plain ReLU network with batch norm explodes at initialization whatever its weights' scale: a layer multiplies the norm of the gradient by √(π/(π − 1)) = 1.2112, its square by 1.4669. Over 50 layers without skip connections that is 14,000 for the norm. RMS norm, which subtracts no mean, keeps it.",
      "Drawn: width 128, batches of 128, 16 layers; both being finite lowers the factor a little.",
    ],
    columns: ["", "‖∇‖ a layer", "‖∇‖² a layer"],
    rows: [
      ["batch norm + ReLU, theory", Math.sqrt(squared), squared],
      ["batch norm + ReLU, drawn", Math.sqrt(drawn), drawn],
      [
        "RMS norm + ReLU, theory",
        Math.sqrt(postActivationNorm(known("relu"), false)),
        postActivationNorm(known("relu"), false),
      ],
    ],
  };
}

export function residualGrowth(): Demo {
  const course = residualCourse(known("tanh"), { weight: 1, bias: 0 }, 1, 1, 10000);
  const depths = [10, 100, 1000, 10000];
  return {
    id: "residual-growth",
    title: "Residual tanh networks: gradients grow as e^√L, not e^L",
    after: "Yang & Schoenholz 2017",
    words: [
      `x ← x + W·tanh(x) at σ_w² = 1: q grows as l, and ln‖∇‖²/√L tends to (8/3)/√(2π) = ${tanhResidualRate({ weight: 1, bias: 0 }).toFixed(6)}. There is no transition from order to chaos in the depth, so such a network has no place in the plane of plain chains.`,
    ],
    columns: ["L", "q", "ln‖∇‖²", "ln‖∇‖²/√L"],
    rows: depths.map((L) => {
      const { q, logGradient } = course[L - 1]!;
      return [L, q, logGradient, logGradient / Math.sqrt(L)];
    }),
  };
}

export function defaults(): Demo {
  const point = { weight: 1 / 3, bias: 1 / (3 * 512) };
  const depth = 20;
  return {
    id: "defaults",
    title: "Twenty layers of PyTorch's default initialization",
    after: "PyTorch's nn.Linear (kaiming_uniform with a = √5)",
    words: [
      "σ_w² = 1/3, σ_b² = 1/(3·512) at width 512: the ordered phase for every activation. What remains of the squared gradient after 20 layers without norms or skip connections:",
    ],
    columns: ["activation", "q*", "χ₁", "χ₁²⁰"],
    rows: ["relu", "linear", "tanh", "gelu", "silu", "sigmoid", "selu"].map((id) => {
      const { q, chiOne } = phaseOf(known(id), point, 1);
      return [id, q, chiOne, chiOne ** depth];
    }),
  };
}

export function gptAudit(): Demo {
  const [d, std, blocks] = [768, 0.02, 12];
  const inner = d * std * std;
  const residual = std / Math.sqrt(2 * blocks);
  const gelu = meanSquare(known("gelu"), inner);
  const mlp = gelu * 4 * d * residual ** 2;
  // Attention averages over t places: alone it passes the value on, over 1,024 alike ones it is 1/1024 of its variance.
  const attention = (t: number) => (inner * d * residual ** 2) / t;
  const embedding = 2 * std * std;
  const total = embedding + blocks * (mlp + attention(1024));
  const unscaled = embedding + 2 * blocks * blocks * (mlp + attention(1024));
  return {
    id: "gpt-2",
    title: "An audit of GPT-2's initialization",
    after: "GPT-2 small: 12 blocks of width 768, weights of standard deviation 0.02, residual projections of 0.02/√24",
    words: [
      "Pre-norm blocks write to a stream that starts at the variance of the embeddings. Queries, keys and values have variance 0.31 after layer norm, logits 0.094: attention starts all but uniform. With residual projections scaled by 1/√(2n) twelve blocks add less than a tenth; without it the stream would end 24 times as large.",
    ],
    columns: ["quantity", "value"],
    rows: [
      ["σ_w² of a 768 → 768 projection", inner],
      ["variance of attention logits", inner ** 2],
      ["standard deviation of residual projections", residual],
      ["variance that an MLP writes", mlp],
      ["variance that attention over 1 place writes", attention(1)],
      ["variance that attention over 1,024 places writes", attention(1024)],
      ["stream after 12 blocks, t = 1,024", total],
      ["the same without 1/√(2n)", unscaled],
    ],
  };
}
