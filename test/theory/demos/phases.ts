// Demonstrations on phases, depths and decay: Poole 2016; Schoenholz 2017; Xiao 2018; Hayou 2019.
import { deltaShares, tapTransfer } from "../../../src/numerics/meanField/convolution.ts";
import { correlationMap, correlationTrajectory, criticalDecay } from "../../../src/numerics/meanField/correlation.ts";
import { criticalAt, logGrid, slopeLines } from "../../../src/numerics/meanField/criticalLine.ts";
import { curveRecursion } from "../../../src/numerics/meanField/curvature.ts";
import { chiTwo } from "../../../src/numerics/meanField/maps.ts";
import { phaseOf, TRAINABLE_DEPTHS } from "../../../src/numerics/meanField/phase.ts";
import { circle, pushCurve, shapeOf } from "../../../src/numerics/network/curve.ts";
import { Random } from "../../../src/numerics/random.ts";
import { drawnNetwork, known } from "./draws.ts";
import type { Demo } from "./types.ts";

const tanh = known("tanh");

export function transientChaos(): Demo {
  const rows = [1.3, 2.5, 4].map((sigmaW) => ({ sigmaW, ...phaseOf(tanh, { weight: sigmaW ** 2, bias: 0.09 }, 1) }));
  return {
    id: "transient-chaos",
    title: "Where lengths and correlations end",
    after: "Poole et al. 2016, figures 1 and 2",
    words: [
      "tanh at σ_b = 0.3: the fixed points of the maps of second moment and correlation, in the ordered and in the chaotic phase.",
    ],
    columns: ["σ_w", "q*", "c*", "χ₁", "ξ_c"],
    rows: rows.map(({ sigmaW, q, c, chiOne, xiC }) => [sigmaW, q, c ?? Number.NaN, chiOne, xiC ?? Number.NaN]),
    picture: {
      xTitle: "correlation in a layer",
      yTitle: "correlation in the next layer",
      lines: rows.map(({ sigmaW, q }) => {
        const x = Array.from({ length: 51 }, (_, k) => k / 50);
        return {
          label: `σ_w = ${sigmaW}`,
          x,
          y: x.map(correlationMap(tanh, q, { weight: sigmaW ** 2, bias: 0.09 }).map),
        };
      }),
    },
  };
}

export function curvature(): Demo {
  const [n, layers] = [600, 5];
  const point = { weight: 6.25, bias: 0.09 };
  const { q, chiOne, chiTwo: bend } = phaseOf(tanh, point, 1);
  const theory = curveRecursion(q, chiOne, bend, layers);
  const random = new Random(900);
  const network = drawnNetwork(tanh, n, layers - 1, { weight: point.weight, bias: point.bias }, "gaussian", random);
  const [u, raw] = [random.direction(n), random.direction(n)];
  const along = raw.reduce((sum, value, i) => sum + value * u[i]!, 0);
  const rest = raw.map((value, i) => value - along * u[i]!);
  const norm = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
  const start = circle(
    u,
    rest.map((value) => value / norm),
    q,
    256,
  );
  // The circle is h¹ itself, as in the paper: the first weights act on φ of it.
  const shapes = [shapeOf(start, true)];
  const first = {
    ...start,
    points: start.points.map(tanh.value),
    tangents: start.tangents.map((v, i) => tanh.slope(start.points[i]!) * v),
    bends: start.bends.map(
      (a, i) => tanh.curvature!(start.points[i]!) * start.tangents[i]! ** 2 + tanh.slope(start.points[i]!) * a,
    ),
  };
  pushCurve(network, first, (_, at) => shapes.push(shapeOf(at, true)));
  return {
    id: "curvature",
    title: "A circle is stretched and bent, layer by layer",
    after: "Poole et al. 2016, figures 3 and 4",
    words: [
      "tanh in the chaotic phase (σ_w = 2.5, σ_b = 0.3): the metric grows by χ₁ a layer, so the Euclidean length L^E grows as its root; the curvature tends to a fixed value, so the Grassmannian length L^G grows as well: the curve folds at every scale.",
      `Drawn: one network of width ${n}.`,
    ],
    columns: ["layer", "ḡ theory", "ḡ drawn", "κ̄² theory", "κ̄² drawn"],
    rows: theory.map(({ metric, curvature: k2 }, layer) => [
      layer + 1,
      metric,
      shapes[layer]!.metric,
      k2,
      shapes[layer]!.curvature!,
    ]),
    picture: {
      xTitle: "layer",
      yTitle: "ḡ and κ̄²",
      yLog: true,
      lines: [
        { label: "ḡ theory", x: theory.map((_, k) => k + 1), y: theory.map(({ metric }) => metric) },
        { label: "ḡ drawn", x: theory.map((_, k) => k + 1), y: theory.map((_, k) => shapes[k]!.metric), marks: true },
        { label: "κ̄² theory", x: theory.map((_, k) => k + 1), y: theory.map((at) => at.curvature), dashed: true },
        {
          label: "κ̄² drawn",
          x: theory.map((_, k) => k + 1),
          y: theory.map((_, k) => shapes[k]!.curvature!),
          marks: true,
        },
      ],
    },
  };
}

export interface TrainedRun {
  readonly depth: number;
  readonly sigma_w2: number;
  /** Mean and standard error, over draws of the weights. */
  readonly log_gradient_ratio: number;
  readonly log_gradient_ratio_error: number;
  /** Each seed draws weights and batches of one training. */
  readonly seeds: readonly { readonly accuracy: number; readonly loss: number | null }[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Trained {
  readonly width: number;
  readonly sigma_b2: number;
  readonly steps: number;
  readonly rate: number;
  /** Draws of the weights that a factor between gradients is the mean of. */
  readonly draws: number;
  readonly runs: readonly TrainedRun[];
}

export function trainability(trained: Trained): Demo {
  const line = slopeLines(tanh, [1], logGrid(1e-4, 3, 60))[0]!;
  const ridge = Array.from({ length: 60 }, (_, k) => 0.6 + (3.6 * k) / 59).map((weight) => ({
    weight,
    depth: phaseOf(tanh, { weight, bias: trained.sigma_b2 }, 1).xiC ?? Number.NaN,
  }));
  const critical = criticalAt(tanh, trained.sigma_b2)!;
  return {
    id: "trainability",
    title: "What the phase diagram predicted, and what training did",
    after: "Schoenholz et al. 2017",
    words: [
      `The critical line of tanh passes σ_w² = ${critical.weight.toFixed(6)} at σ_b² = ${trained.sigma_b2}; ${line.filter(({ attainable }) => attainable).length} of its ${line.length} computed points can be stayed on. Networks of width ${trained.width} were started below it, at it and above it, and trained on the digits for ${trained.steps} steps of SGD (rate ${trained.rate}, batches of 128).`,
      `Predicted from the initialization alone: the depth scale ξ_c, six of which are the rule of thumb for the trainable depth, and the factor χ₁^(L−2) between the squared gradients of the second and the last layer. Measured: that factor before the first step, the geometric mean of ${trained.draws} draws of the weights with the standard error of its logarithm, and the accuracy on the training data after ${trained.runs[0]!.seeds.length === 1 ? "one training" : `${trained.runs[0]!.seeds.length} trainings`}.`,
      "6ξ_c is a rule of thumb, no theorem. It speaks of correlations; on the chaotic side gradients may explode first, and near the critical line the number of steps limits before any depth does. The factor of the gradient is a spread: its logarithm scatters from draw to draw by about √(v·L/n) at width n. Gradients of weights also carry the activity of the layer before, which has not settled in the first layers: below criticality that is most of the difference, a factor e^1.5 at most.",
      "What came of it: at depth 50 the network at σ_w² = 1, far beyond its 6ξ_c, learned nothing, its gradient being 1e-5 of what it was at the top; those at 1.5, at the critical point and at 2.5 learned all of it; the one at 4, just beyond its 6ξ_c and with gradients that grow a million times, came to 92 %, the least of those that learned. At depth 100 none got far in these steps, the critical one farthest: there the number of steps is what limits, not ξ_c. One training is one draw: what is near a border may fall to either side.",
    ],
    columns: ["L", "σ_w²", "6ξ_c", "χ₁^(L−2)", "measured", "± of its ln", "accuracy", "loss"],
    rows: trained.runs.map(({ depth, sigma_w2, seeds, log_gradient_ratio, log_gradient_ratio_error }) => {
      const phase = phaseOf(tanh, { weight: sigma_w2, bias: trained.sigma_b2 }, 1);
      const reach = phase.name === "critical" || phase.xiC === null ? "∞" : TRAINABLE_DEPTHS * phase.xiC;
      return [
        depth,
        sigma_w2,
        typeof reach === "number" && reach > 1e4 ? "∞" : reach,
        phase.chiOne ** (depth - 2),
        Math.exp(log_gradient_ratio),
        log_gradient_ratio_error,
        mean(seeds.map(({ accuracy }) => accuracy)),
        seeds.some(({ loss }) => loss === null) ? "diverged" : mean(seeds.map(({ loss }) => loss ?? 0)),
      ];
    }),
    picture: {
      xTitle: "σ_w²",
      yTitle: "layers",
      yLog: true,
      lines: [
        { label: "ξ_c at σ_b² = 0.05", x: ridge.map(({ weight }) => weight), y: ridge.map(({ depth }) => depth) },
        {
          label: "6ξ_c, rule of thumb",
          x: ridge.map(({ weight }) => weight),
          y: ridge.map(({ depth }) => 6 * depth),
          dashed: true,
        },
        ...[0, 1].map((good) => {
          const runs = trained.runs.filter(
            ({ seeds }) => Number(mean(seeds.map(({ accuracy }) => accuracy)) > 0.9) === good,
          );
          return {
            label: good === 1 ? "trained to more than 90 %" : "not trained to 90 %",
            x: runs.map(({ sigma_w2 }) => sigma_w2),
            y: runs.map(({ depth }) => depth),
            marks: true,
          };
        }),
      ],
    },
  };
}

/** How the variance of a linear convolution's signal differs from place to place: its Fourier component relative to the mean, layer by layer. */
function convolved(shares: readonly number[], layers: number): number[] {
  const [channels, places, draws] = [64, 8, 16];
  const sums = Array.from({ length: layers + 1 }, () => ({ wave: 0, mean: 0 }));
  const random = new Random(1000);
  const taps = shares.map((share, at) => ({ std: Math.sqrt(share / channels), shift: at - (shares.length - 1) / 2 }));
  const wave = (place: number) => Math.cos((2 * Math.PI * place) / places);
  for (let draw = 0; draw < draws; draw++) {
    let h = Float64Array.from(
      { length: channels * places },
      (_, k) => Math.sqrt(1 + 0.9 * wave(k % places)) * random.normal(),
    );
    for (const sum of sums) {
      for (const [k, value] of h.entries()) {
        sum.wave += value * value * wave(k % places);
        sum.mean += value * value;
      }
      const next = new Float64Array(channels * places);
      for (const { std, shift } of taps) {
        if (std === 0) continue;
        for (let to = 0; to < channels; to++)
          for (let from = 0; from < channels; from++) {
            const w = std * random.normal();
            for (let p = 0; p < places; p++)
              next[to * places + p] = next[to * places + p]! + w * h[from * places + ((p + shift + places) % places)]!;
          }
      }
      h = next;
    }
  }
  return sums.map((sum) => sum.wave / sum.mean);
}

export function space(): Demo {
  const layers = 6;
  const uniform = [1 / 3, 1 / 3, 1 / 3];
  const drawn = { uniform: convolved(uniform, layers), delta: convolved(deltaShares(3), layers) };
  const one = tapTransfer(uniform, (2 * Math.PI) / 8);
  return {
    id: "space",
    title: "Plain convolutions forget space, delta-orthogonal ones do not",
    after: "Xiao et al. 2018",
    words: [
      "At criticality what tells one place of a picture from another, a pattern of frequency ω in its second moment, shrinks by λ_ω a layer, the Fourier transform of the taps' variances. Three taps of equal variance: λ = (1 + 2cos ω)/3. All variance in the middle tap: λ = 1.",
      "Drawn: linear circular convolutions of 64 channels over 8 places, a pattern of ω = 2π/8 in the variance relative to its mean, over 16 draws.",
    ],
    columns: ["layer", "λ^l, equal taps", "drawn", "λ^l, middle tap", "drawn"],
    rows: Array.from({ length: layers + 1 }, (_, l) => [
      l,
      one ** l,
      drawn.uniform[l]! / drawn.uniform[0]!,
      1,
      drawn.delta[l]! / drawn.delta[0]!,
    ]),
  };
}

export function criticalDecays(): Demo {
  const depths = [10, 100, 1000, 10000];
  const he = correlationTrajectory(correlationMap(known("relu"), 1, { weight: 2, bias: 0 }).map, 0, 10000);
  const { weight, q } = criticalAt(tanh, 0.05)!;
  const smooth = correlationTrajectory(correlationMap(tanh, q, { weight, bias: 0.05 }).map, 0, 10000);
  const beta = criticalDecay(q, chiTwo(tanh, q, weight))!;
  return {
    id: "critical-decay",
    title: "At criticality correlations decay as a power of the depth",
    after: "Hayou, Doucet & Rousseau 2019",
    words: [
      `ReLU at σ_w² = 2: l²(1 − c) tends to 9π²/2 = ${((9 * Math.PI ** 2) / 2).toFixed(5)}. tanh at its critical point with σ_b² = 0.05: l(1 − c) tends to β = 2/(q*χ₂) = ${beta.toFixed(5)}. So even at criticality inputs become alike, smooth activations more slowly.`,
    ],
    columns: ["l", "ReLU: l²(1 − c)", "tanh: l(1 − c)"],
    rows: depths.map((l) => [l, l * l * (1 - he[l]!), l * (1 - smooth[l]!)]),
  };
}
