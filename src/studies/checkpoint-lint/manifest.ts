import type { StudyManifest } from "../types.ts";

export const manifest: StudyManifest = {
  id: "checkpoint-lint",
  version: 1,
  title: "Checkpoint lint",
  description:
    "Which law each weight was drawn from or whether it was trained, dead and duplicate units, means, values that are no numbers; against what the source states.",
  files: { checkpoint: { description: "the checkpoint", least: 1, most: 1 } },
  needs: ["weights"],
  citations: [
    "He et al. (2015), Delving deep into rectifiers",
    "Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward neural networks",
    "Saxe, McClelland, Ganguli (2014), Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
  ],
  assumptions: [
    "entries drawn independently from one law per tensor; a trained weight that happens to look so is called drawn",
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
