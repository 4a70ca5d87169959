// Demonstrations on the singular values of Jacobians: Saxe 2014, figures 6 and 7; Pennington 2017.

import { criticalAt } from "../../../src/numerics/meanField/criticalLine.ts";
import { jacobianMoments, linearGaussianEdge } from "../../../src/numerics/meanField/jacobian.ts";
import { jacobianDensity } from "../../../src/numerics/meanField/jacobianDensity.ts";
import { Jacobian, spectrumProbes } from "../../../src/numerics/network/jacobian.ts";
import { Random } from "../../../src/numerics/random.ts";
import { productSingularValues } from "../../../src/numerics/svd/productSingularValues.ts";
import { drawnNetwork, gaussianInput, known, squareWeights } from "./draws.ts";
import type { Demo } from "./types.ts";

export function productSpectra(): Demo {
  const n = 80;
  const rows = [1, 2, 5, 10, 50, 100].map((depth) => {
    const random = new Random(600 + depth);
    const factors = Array.from({ length: depth }, () => ({
      rows: n,
      columns: n,
      data: squareWeights(n, 1, "gaussian", random),
    }));
    const logs = productSingularValues(factors).logValues;
    return { depth, edge: linearGaussianEdge(depth), drawn: Math.exp(2 * logs[0]!), middle: Math.exp(logs[n / 2]!) };
  });
  return {
    id: "product-spectra",
    title: "Products of Gaussian matrices are no isometries",
    after: "Saxe, McClelland & Ganguli 2014, figure 6B",
    words: [
      "Singular values of a product of L square Gaussian matrices, each of which keeps lengths on average. The largest square tends to (L+1)^(L+1)/L^L, while the median value vanishes: a few directions are kept and the rest is crushed.",
      `One draw of width ${n} each. Where L/n is above a fifth the limit is no number but the middle of a spread: ln s² of a finite product scatters by about √(2L/n) and lies lower, so that at L = 100 one draw says little.`,
    ],
    columns: ["L", "s_max² in the limit", "drawn", "median s, drawn"],
    rows: rows.map(({ depth, edge, drawn, middle }) => [depth, edge, drawn, middle]),
    picture: {
      xTitle: "layers L",
      yTitle: "singular value",
      xLog: true,
      yLog: true,
      lines: [
        { label: "largest, limit", x: rows.map(({ depth }) => depth), y: rows.map(({ edge }) => Math.sqrt(edge)) },
        {
          label: "largest, drawn",
          x: rows.map(({ depth }) => depth),
          y: rows.map(({ drawn }) => Math.sqrt(drawn)),
          marks: true,
        },
        { label: "median, drawn", x: rows.map(({ depth }) => depth), y: rows.map(({ middle }) => middle), marks: true },
      ],
    },
  };
}

export function orthogonalTanh(): Demo {
  const [n, layers] = [200, 100];
  const rows = [0.9, 1, 1.1].map((gain) => {
    const random = new Random(700);
    const network = drawnNetwork(known("tanh"), n, layers + 1, { weight: gain * gain, bias: 0 }, "orthogonal", random);
    const forward = network.forward(gaussianInput(n, 1, random));
    const logs = productSingularValues(new Jacobian(network, forward, 0, layers).links()).logValues;
    const moment = forward[layers]!.reduce((sum, value) => sum + value * value, 0) / n;
    return { gain, top: Math.exp(logs[0]!), middle: Math.exp(logs[n / 2]!), bottom: Math.exp(logs[n - 1]!), moment };
  });
  return {
    id: "orthogonal-tanh",
    title: "Orthogonal weights through tanh: the edge of chaos is at gain 1",
    after: "Saxe, McClelland & Ganguli 2014, figure 7",
    words: [
      `End-to-end Jacobian of ${layers} tanh layers of width ${n} with orthogonal weights times a gain g, no biases. Below 1 everything vanishes, at 1 the Jacobian stays near an isometry as the activity fades, above 1 activity and gradients live on but spread.`,
    ],
    columns: ["g", "largest s", "median s", "smallest s", "q after 100 layers"],
    rows: rows.map(({ gain, top, middle, bottom, moment }) => [gain, top, middle, bottom, moment]),
  };
}

export function isometry(): Demo {
  const [n, layers, inputs] = [160, 10, 2];
  const cases = (["tanh", "relu"] as const).flatMap((id) =>
    (["gaussian", "orthogonal"] as const).map((law) => {
      const point = id === "tanh" ? criticalAt(known("tanh"), 0.05)! : { weight: 2, bias: 0, q: 1 };
      const random = new Random(800);
      const spreads = Array.from({ length: inputs }, () => {
        const network = drawnNetwork(known(id), n, layers + 1, point, law, random);
        const forward = network.forward(gaussianInput(n, (point.q - point.bias) / point.weight, random));
        const probes = spectrumProbes(new Jacobian(network, forward, 0, layers), 16, 24, random);
        const moment = (k: number) =>
          probes.reduce(
            (sum, { values, weights }) => sum + values.reduce((part, s, i) => part + weights[i]! * s ** (2 * k), 0),
            0,
          ) / probes.length;
        return moment(2) / moment(1) ** 2 - 1;
      });
      const drawn = spreads.reduce((sum, value) => sum + value, 0) / inputs;
      const theory = jacobianMoments(known(id), point.q, point.weight, layers, law);
      return { id, law, theory: theory.perLayer, drawn: drawn / layers };
    }),
  );
  const { q, weight } = criticalAt(known("tanh"), 0.05)!;
  const density = (id: string, at: number, w: number) => jacobianDensity(known(id), at, w, layers, "orthogonal", 160)!;
  const [tanh, relu] = [density("tanh", q, weight), density("relu", 1, 2)];
  return {
    id: "isometry",
    title: "Orthogonal weights help tanh, not ReLU",
    after: "Pennington, Schoenholz & Ganguli 2017",
    words: [
      "Var(s²)/⟨s²⟩² of the Jacobian grows by this much a layer. At criticality with σ_b² = 0.05 orthogonal weights leave tanh a third of a layer's spread; for ReLU they leave 1 at every σ, since half of the units pass nothing on. The way out for ReLU is not orthogonality but shared weights, [W, −W].",
      `Draws: width ${n}, ${layers} layers, ${inputs} networks, by 16 random directions each; finite width lowers the spread of the widest.`,
    ],
    columns: ["activation", "weights", "a layer, theory", "a layer, drawn"],
    rows: cases.map(({ id, law, theory, drawn }) => [id, law, theory, drawn]),
    picture: {
      xTitle: "singular value s",
      yTitle: "density of ln s, orthogonal, 10 layers",
      xLog: true,
      lines: [
        { label: "tanh, σ_b² = 0.05", x: tanh.logs.map(Math.exp), y: tanh.density },
        { label: "ReLU (half are 0)", x: relu.logs.map(Math.exp), y: relu.density, dashed: true },
      ],
    },
  };
}
