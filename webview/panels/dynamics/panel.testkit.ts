import type { DynamicsResult, Taught } from "../../../src/studies/dynamics/types.ts";
import { type PlayedPanel, playPanel, type StudyQuestion } from "../../shell/panel.testkit.ts";
import { dynamicsPanel } from "./index.ts";

const STEPS = [0, 10, 20, 30];
const drift = { relative: 0.02, kept: 0.99, cosine: 1, ofWeights: 1e-4 };

function mode(index: number, strengths: readonly number[]): Taught["followed"]["modes"][number] {
  return {
    group: [index],
    singularValue: 2 - index,
    strengths,
    halfTime: { bracket: [10, 20], time: 14 + index },
    fit: null,
    fitted: { tau: 12.34, tauError: 0.2, start: 1e-3, startError: 1e-4 },
    comparison: {
      deep: { kind: "deep", tau: 12, tauError: 0.1, start: 1e-3, startError: 1e-4, residual: 1e-3, aic: -50 },
      shallow: { kind: "shallow", tau: 30, tauError: 4, start: 0, startError: 0.1, residual: 0.2, aic: -8 },
      difference: 42,
    },
    fittedCourses: { deep: [0, 1, 2], shallow: [0, 0.5, 1] },
    stageIndex: 0.4,
    foreseen: {
      end: 2 - index,
      effectiveStart: 1e-3,
      naiveStart: -1e-3,
      halfTime: 15 + index,
      course: [0, 1, 2],
      shallowCourse: [0, 0.5, 1],
    },
  };
}

export const TAUGHT: Taught = {
  table: "data.csv",
  items: 2,
  properties: 2,
  itemNames: ["Canary", "Oak"],
  propertyNames: ["Fly", "Bark"],
  layers: ["0.weight", "1.weight"],
  leftOut: [],
  followed: {
    steps: STEPS,
    grid: [0, 15, 30],
    modes: [mode(0, [0, 0.2, 1.8, 2]), mode(1, [0, 0, 0.3, 1])],
    offDiagonal: [0.8, 0.2, 0.01, 0],
    loss: [5, 4, 1, 1e-4],
    transitions: [{ time: 15, bracket: [10, 20], speed: 1, prominence: 1, mode: 0 }],
    exponent: { exponent: 0.97, standardError: 0.05, modes: 3 },
    order: { rho: 1, p: 0.5, exact: true },
    illusions: [
      {
        property: 1,
        item: 0,
        truth: 0,
        peak: 0.38,
        peakTime: 20,
        excursion: 0.38,
        onset: 10,
        offset: 20,
        fromMonotone: 0.1,
        course: [0, 0.2, 0.38, 0],
        cause: [0, 1],
      },
    ],
    stability: { leastTau: 2, stable: true },
    inputMixing: 0,
  },
  poles: [{ items: { positive: [0], negative: [1] }, properties: { positive: [0], negative: [1] } }, null],
  semantics: {
    layer: 1,
    items: [0, 1],
    properties: [0, 1],
    embedding: {
      axes: 2,
      points: Float64Array.from({ length: 16 }, (_, k) => k / 16),
      shares: [0.7, 0.2],
      stress: 0.05,
      degenerate: [],
    },
    itemProducts: Float32Array.from([1, 0, 0, 1, 1, 0.9, 0.9, 1, 2, 1, 1, 2, 4, 1, 1, 4]),
    propertyProducts: Float32Array.from({ length: 16 }, () => 1),
    minimumNorm: [0.6, 0.1, 0, 0],
  },
  splits: [{ sides: [[0], [1]], mode: 0, purity: 1, apart: 14.5, distances: [0, 0.1, 1, 2] }],
  stopping: { reason: "Too few values." },
  outlook: { timeConstant: 100, decay: 0 },
};

export const RESULT: DynamicsResult = {
  checkpoints: STEPS.map((step) => ({
    uri: `file:///run/step-${step}.pt`,
    name: `step-${step}.pt`,
    step,
    rate: step < 20 ? 0.1 : 0.01,
  })),
  order: { by: "name", note: null },
  refused: [
    { name: "other-99.pt", uri: "file:///run/other-99.pt", reason: "Its 0.weight is 5×2, that of the run is 3×2." },
  ],
  training: {
    optimizer: "gradient-descent",
    loss: "half-sum",
    schedule: [{ step: 0, rate: 0.1 }],
    momentum: 0,
    weightDecay: 0,
    evidence: ["optimizer SGD: optimizer/param_groups"],
  },
  taught: TAUGHT,
  matrices: [
    {
      tensor: "0.weight",
      part: null,
      rows: 3,
      columns: 2,
      course: {
        modes: [{ singularValue: 1, strengths: [0, 0.1, 0.8, 1], halfTime: { bracket: [10, 20], time: 15 } }],
        inModes: [Number.NaN, 0.9, 0.95, 0.99],
        offDiagonal: [Number.NaN, 0.1, 0, 0],
        norm: [1, 1.1, 1.5, 2],
        travel: [0, 0.2, 0.9, 1.2],
        stepLengths: [0.2, 0.8, 0.3],
        walkHalf: { bracket: [10, 20], time: 16 },
      },
    },
    { tensor: "embedding", part: null, rows: 9, columns: 9, course: { reason: "Too large to follow." } },
  ],
  matrixCount: 2,
  whole: {
    norm: [1, 1.1, 1.5, 2],
    pace: { speeds: [1, 1, 0.1], drops: [{ checkpoint: 2, factor: 0.1, rates: [0.1, 0.01] }] },
  },
  laws: [
    {
      kind: "rescale",
      tensors: ["0.weight", "1.weight"],
      assumption: "ReLU between.",
      size: 3,
      drift: STEPS.map(() => drift),
      decay: null,
      reading: "Kept: what gradient flow conserves is conserved.",
    },
  ],
};

const HALF_TIME = {
  label: "Half-time",
  symbol: "t½",
  definition: "When half is passed.",
  equation: "t½",
  source: "Saxe 2014",
  assumptions: [],
  nullModel: "τ·ln 2",
};

let played: PlayedPanel | null = null;

export function unmount(): void {
  played?.dispose();
  played = null;
}

/** The panel over an engine in memory that answers every study with `answers`, one after the other: partial until the last. */
export function fixture(
  options: { readonly answers?: readonly DynamicsResult[]; readonly members?: number; readonly saved?: unknown } = {},
) {
  const { answers = [RESULT], members = 4, saved } = options;
  const asked: StudyQuestion[] = [];
  const run = () => `study-${asked.length}`;
  const panel = playPanel(dynamicsPanel, {
    state: saved,
    studies: [{ id: "dynamics", quantities: { halfTime: HALF_TIME } }],
    context: {
      uri: "file:///run/step-30.pt",
      files: [{ uri: "file:///run/step-30.pt", name: "step-30.pt" }],
    },
    answer: () => Promise.reject(new Error("Its answers come in parts.")),
    host: {
      "series/find": () => ({
        members: RESULT.checkpoints.slice(0, members).map(({ uri, name, step }) => ({ uri, name, step })),
      }),
      "tables/find": () => ({ files: [{ uri: "file:///run/data.csv", name: "data.csv" }] }),
      "files/choose": () => ({ files: [{ uri: "file:///other.csv", name: "other.csv" }] }),
      "study/start": (question: StudyQuestion) => {
        asked.push(question);
        return { run: run() };
      },
      "study/snapshot": ({ since }: { since: number }) => {
        const at = Math.min(since, answers.length - 1);
        const state = at === answers.length - 1 ? "finished" : "running";
        const fraction = (at + 1) / answers.length;
        if (state === "running")
          queueMicrotask(() => panel.emit("study/changed", { run: run(), revision: at + 2, state, fraction }));
        return { run: run(), revision: at + 1, state, fraction, result: answers[at], error: null };
      },
    },
  });
  played = panel;
  return { ...panel, asked, saved: () => panel.state() as Record<string, unknown> };
}

export async function settled(): Promise<void> {
  for (let k = 0; k < 40; k++) await new Promise((resolve) => setTimeout(resolve, 0));
}
