import type { StudyManifest } from "../types.ts";

export const manifest: StudyManifest = {
  id: "checkpoint-lint",
  version: 2,
  title: "Checkpoint lint",
  description:
    "Which law each weight was drawn from or whether it was trained; units that are dead, alike or stuck, missing directions, means, fans and gains, values that are no numbers; against what the source states.",
  files: { checkpoint: { description: "the checkpoint", least: 1, most: 1 } },
  needs: ["weights"],
  // One weight of the largest size that is read, in double precision, beside its rows.
  memoryBytes: 640 * 2 ** 20,
  citations: [
    "He et al. (2015), Delving deep into rectifiers",
    "Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward neural networks",
    "Cochran (1954), Some methods for strengthening the common χ² tests",
    "Marchenko & Pastur (1967); Edelman (1988), Eigenvalues and condition numbers of random matrices",
    "Saxe, McClelland, Ganguli (2014), Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
  ],
  assumptions: [
    "entries drawn independently from one law per tensor or block; a trained weight that happens to look so is called drawn",
    "phases, gains and saturation: wide layers, a plain chain, inputs of the second moment that the settings say",
  ],
  quantities: {
    sigmaW2: {
      label: "σ_w²",
      symbol: "fan_in·mean(W²)",
      definition: "Second moment of the entries times the number of inputs of a unit, no mean taken off.",
      equation: "σ̂_w² = fan_in·Σ W_ij²/(n·m), relative standard error √((κ − 1)/(n·m))",
      source: "Poole et al. (2016); the error by the kurtosis κ of the entries",
      assumptions: ["independent entries"],
      nullModel: "the law that the layer was drawn from: its σ_w² within four standard errors",
    },
  },
};
