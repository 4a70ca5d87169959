import type { StudyManifest } from "../types.ts";

const PAPER =
  "N. Kriegeskorte, M. Mur & P. Bandettini 2008, Representational similarity analysis, Front. Syst. Neurosci. 2:4";

export const manifest = {
  id: "activations",
  version: 1,
  title: "Activations",
  description: "What the layers of an ONNX model answer to given items: one row an item, one file for all layers.",
  files: {
    model: { description: "ONNX models", least: 1, most: 1 },
    stimuli: { description: "files of stimuli", least: 1, most: 1 },
  },
  needs: ["items"],
  citations: [PAPER],
  assumptions: [
    "The model is run as it was exported: dropout and batch statistics are what the export made of them.",
    "The first axis of a value is the items, the second its channels.",
  ],
  quantities: {
    features: {
      label: "Features",
      symbol: "p",
      definition: "Numbers that stand for one item in a layer.",
      equation: "p = Π sizes of the value without its first axis; with pooling “mean” its channels alone",
      source: PAPER,
      assumptions: ["Positions are averaged with equal weight where pooling is “mean”."],
      nullModel: "none: a count",
    },
  },
  memoryBytes: 3 * 2 ** 29,
  timeoutSeconds: 900,
} satisfies StudyManifest;
