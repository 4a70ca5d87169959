import type { HierarchyMode, ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { TargetRef } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { DescribedTensor } from "../../../src/base/tensor.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import type { PanelHost, PanelPeer } from "../../shell/types.ts";
import { tensorPanel } from "./index.ts";

export const TENSOR: DescribedTensor = {
  name: "fused.weight",
  shape: [4, 2],
  dtype: "f32",
  elements: 8,
  storedBytes: 32,
  role: "weight",
  layout: "out-in",
  evidence: "two axes",
  parts: [
    { label: "gate i", axis: 0, start: 0, length: 2 },
    { label: "gate f", axis: 0, start: 2, length: 2 },
  ],
  matrix: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows: 4, columns: 2 },
};
const exact = (value: number) => ({ value, how: { kind: "exact", method: "svd" } });
const mode = (index: number) => ({
  index,
  singularValue: 2 - index,
  share: 0.5,
  residual: 0,
  left: Float32Array.of(0.8, -0.6),
  right: Float32Array.of(0.6, 0.8),
  leftIpr: 0.5,
  rightIpr: 0.5,
  degenerateGroup: index === 0 ? [0] : [1, 2],
});
/** One leading mode. */
export const MODE = mode(0);
const SPIKE = { index: 0, singularValue: 2, strength: 1.8, leftOverlap: 0.7, rightOverlap: 0.6, shrunk: 1.5 };
const NOISE = {
  reason: null,
  value: {
    source: "median",
    ...Object.fromEntries(
      ["noiseStd", "bulkEdge", "noiseEdge", "edgeRatio", "mpSoftrank", "denoisingThreshold", "denoisingRank"].map(
        (id) => [id, exact(1)],
      ),
    ),
    signalModes: { value: 1, how: { kind: "estimate", standardError: 0.5, method: "count" } },
    bulk: { sigma: Float32Array.of(0, 1), density: Float32Array.of(1, 1), below: Float32Array.of(0, 1) },
    modes: [SPIKE],
  },
};
const RESULTS: Record<string, unknown> = {
  statistics: {
    elements: 4,
    finite: 4,
    zeros: 0,
    nan: 0,
    infinite: 0,
    mean: 0.25,
    std: 1,
    min: -1,
    max: 1,
    meanSquare: 1,
    firstNonFinite: null,
    contentHash: "",
    sigmaW2: null,
  },
  spectrum: {
    rows: 2,
    columns: 2,
    promise: "exact",
    singularValues: Float64Array.of(2, 1),
    residuals: null,
    spectralNorm: exact(2),
    frobeniusNorm: exact(2.236),
    stableRank: exact(1.25),
    effectiveRank: null,
    participationRatio: exact(1.47),
    hoyer: exact(0.1),
    floor: 1e-8,
    density: null,
    sparkline: new Float32Array(2),
    degenerate: null,
    noise: NOISE,
    orthogonality: { verdict: "no", gain: exact(1), largestDeviation: exact(1) },
    meanOutlier: exact(0),
    meanStrength: exact(0),
    heavyEntries: { count: 0, threshold: 1, largest: [] },
    remarks: [],
    powerLaw: { value: null, reason: "No tail." },
    rankNulls: Object.fromEntries(
      ["stableRank", "effectiveRank", "participationRatio", "hoyer"].map((id) => [id, { value: 1.5, spread: 0.25 }]),
    ),
  },
  "spectral-null": {
    rows: 2,
    columns: 2,
    noise: NOISE,
    medianNoise: NOISE,
    initialNoise: { value: null, reason: "No earlier checkpoint was named." },
    initial: { value: null, reason: "No earlier checkpoint was named." },
    orthogonality: { verdict: "no", gain: exact(1), largestDeviation: exact(1) },
    meanOutlier: exact(0.3),
    meanStrength: exact(0.1),
    heavyEntries: { count: 1, threshold: 1, largest: [{ row: 1, column: 0, value: 7 }] },
    remarks: [{ code: "heavy-entry", message: "w: one entry alone would make an outlier." }],
    signFlip: {
      value: {
        draws: 19,
        asked: 200,
        stopped: "not-significant",
        p: Float64Array.of(0.35),
        signalModes: 0,
        median: 1,
        upper: 2,
      },
      reason: null,
    },
    spikes: [
      {
        ...SPIKE,
        flipP: 0.35,
        residual: 0,
        leftIpr: 0.5,
        rightIpr: 0.5,
        entry: { row: 1, column: 0, value: 7, share: 0.9 },
        meanShare: 0,
        row: { index: 1, share: 0.6 },
        column: { index: 0, share: 0.6 },
        cause: "entry",
        explanation: "The entry 7.000 at row 1, column 0 makes 90 % of it.",
        initialPart: null,
      },
    ],
    powerLaw: { value: null, reason: "The tail has 2 eigenvalues." },
    weightWatcher: {
      logNorm: exact(0.7),
      logSpectralNorm: exact(0.6),
      alphaWeighted: null,
      logAlphaNorm: null,
      mpSoftrank: exact(0.5),
    },
    operator: { value: null, reason: "No convolution kernel." },
  },
  travel: {
    rows: 2,
    columns: 2,
    travel: exact(0.25),
    changeNorm: exact(0.5),
    initialNorm: exact(2),
    cosine: exact(0.9),
    change: {
      value: {
        promise: "exact",
        singularValues: Float64Array.of(0.4, 0.3),
        stableRank: exact(1.5),
        noise: NOISE,
        subspace: 1,
        modes: [{ ...SPIKE, leftInInitial: 0.2, rightInInitial: 0.3, final: { index: 0, overlap: 0.8 } }],
      },
      reason: null,
    },
  },
  distribution: {
    finite: 4,
    edges: Float64Array.of(0, 1, 2),
    counts: Float64Array.of(3, 1),
    mean: 0,
    std: 1,
    excessKurtosis: 0,
    skewness: 0,
    laws: [{ kind: "normal", mean: 0, std: 1, label: "fitted normal", source: "moments" }],
  },
  modes: { reading: TENSOR.matrix, rows: 2, columns: 2, totalSquare: 5, modes: [mode(0), mode(1)] },
  heatmap: {
    rows: 2,
    columns: 2,
    level: 0,
    tileRow: 0,
    tileColumn: 0,
    tileRows: 2,
    tileColumns: 2,
    values: Float32Array.of(1, 0, -1, Number.NaN),
    limit: 1,
    robustLimit: 1,
    rowOrder: null,
    columnOrder: null,
  },
};

/** The toy world of four items as the analysis gives it. */
export const HIERARCHY = hierarchyOf();

function hierarchyOf(): ModeHierarchyResult {
  const exact = (value: number) => ({ value, how: { kind: "exact", method: "made up" } }) as const;
  const mode = (
    index: number,
    singularValue: number,
    group: number[],
    nodes: number[],
    sides: Partial<HierarchyMode>,
  ) => ({
    index,
    singularValue,
    singularValueNull: 1.2,
    singularValueP: 0.01,
    share: singularValue ** 2 / 12,
    group,
    nodes,
    purity: 1,
    purityNull: 0.9,
    purityP: 0.01,
    itemPoles: { positive: [], negative: [] },
    propertyPoles: { positive: [], negative: [] },
    ...sides,
  });
  return {
    reading: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows: 7, columns: 4 },
    items: 4,
    allItems: 4,
    which: null,
    leaves: null,
    properties: 7,
    itemAxis: "columns",
    centred: false,
    geometry: "hidden",
    modes: [
      mode(0, Math.sqrt(7), [0], [-1], {}),
      mode(1, Math.sqrt(3), [1], [0], {
        itemPoles: { positive: [0, 1], negative: [2, 3] },
        propertyPoles: { positive: [1], negative: [4] },
      }),
      mode(2, 1, [2, 3], [1, 2], {}),
      mode(3, 1, [2, 3], [1, 2], {}),
    ],
    itemVectors: Float32Array.from([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -0.5, -0.5, 0.7, -0.7, 0, 0, 0, 0, 0.7, -0.7]),
    propertyVectors: new Float32Array(28),
    nodes: [
      { children: [1, 2], parent: null, size: 4, height: 1.65, heightP: 0.5, coherence: null, modes: [1] },
      { children: [-1, -2], parent: 0, size: 2, height: 1.41, heightP: 0.5, coherence: null, modes: [2, 3] },
      { children: [-3, -4], parent: 0, size: 2, height: 1.41, heightP: 0.5, coherence: null, modes: [2, 3] },
    ],
    order: Int32Array.from([0, 1, 2, 3]),
    similarity: new Float32Array(16).fill(1),
    copheneticCorrelation: exact(1),
    copheneticNull: 0.99,
    copheneticP: 0.03,
    relativeDelta: exact(0),
    treeLike: { verdict: true, reason: "Tree-like: made up." },
    structures: (["tree", "ring", "grid", "clusters"] as const).map((kind) => ({
      kind,
      fit: kind === "tree" ? 0.97 : Number.NaN,
      fitNull: 0.9,
      p: 0.01,
      placement: null,
    })),
    offered: null,
    basicLevel: { levels: [{ level: 1, categories: 2, lambda: 0.4 }], level: 1, advantage: -0.2, p: 0.6 },
    draws: 1000,
    degenerate: null,
  };
}

export const REFERENCE = { uri: "file:///m-0.pt", name: "m-0.pt", firstOfRun: true };

interface Asked {
  readonly analysis: string;
  readonly target: TargetRef;
  readonly parameters: unknown;
  readonly reference?: string;
}

interface Fixture {
  readonly element: HTMLElement;
  readonly asked: Asked[];
  readonly opened: () => number;
  readonly engine: { emit(event: string, data: unknown): void };
  readonly host: PanelHost;
  readonly failures: unknown[];
  state: unknown;
}

let mounted: Disposable | null = null;

/** Takes the panel off the page, as closing its tab does. */
export function unmount(): void {
  mounted?.dispose();
  mounted = null;
}

/** The real peer on both ends of a wire in memory; only the answers are made up. */
export function fixture(
  answers: Record<string, unknown> = {},
  tensor = TENSOR.name,
  state: unknown = undefined,
): Fixture {
  const listeners: ((frame: unknown) => void)[] = [];
  const end = (mine: number, other: number) => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[other]?.(frame)),
    onFrame: (listener: (frame: unknown) => void) => {
      listeners[mine] = listener;
    },
    close() {},
  });
  const asked: Fixture["asked"] = [];
  let opened = 0;
  const quantity = {
    label: "Stable rank",
    symbol: "r",
    definition: "How many directions carry it.",
    equation: "‖W‖²/σ₁²",
    source: "Rudelson & Vershynin 2007",
    assumptions: [],
    nullModel: "none",
  };
  const engine = new Peer<Record<string, never>, object>(end(1, 0), {
    "engine/info": () => ({
      workers: 1,
      cache: "",
      studies: [],
      analyses: [
        { id: "spectrum", quantities: { stableRank: quantity } },
        { id: "spectral-null", quantities: { noiseEdge: quantity }, reference: "optional" },
        { id: "travel", quantities: { travel: quantity }, reference: "required" },
      ],
    }),
    "checkpoint/open": ({ uri }: { uri: string }) => {
      if (uri !== "file:///m.pt") return { checkpoint: "c0", uri, name: "m-0.pt" };
      opened++;
      return { checkpoint: "c1", uri: "file:///m.pt", name: "m.pt" };
    },
    "reference/get": () => answers["reference/get"] ?? null,
    "reference/choose": () => ({ changed: true, reference: REFERENCE }),
    "checkpoint/tensors": ({ from, count }: { from: number; count: number }) => ({
      tensors: [
        ...Array.from({ length: 1000 }, (_, i) => ({ ...TENSOR, name: `filler.${i}` })),
        answers.tensor ?? TENSOR,
      ].slice(from, from + count),
    }),
    "checkpoint/labels": () => ({ labels: null }),
    "checkpoint/label-sources": () => ({
      sources: [
        { id: "classes", title: "id2label" },
        { id: "other", title: "x", tensors: ["y"] },
      ],
    }),
    "checkpoint/label-words": () => ({ words: ["a", "b", "c", "d", "e", "f", "g"], total: 7 }),
    "labels/find": () => ({
      lists: [{ name: "items", labels: ["Canary", "Salmon", "Oak", "Rose"] }],
      source: "labels.json",
      problem: null,
    }),
    "analysis/run": ({ analysis, target, reference, parameters }: Asked) => {
      asked.push({ analysis, target, parameters, ...(reference === undefined ? {} : { reference }) });
      const answer = analysis in answers ? answers[analysis] : RESULTS[analysis];
      if (answer instanceof Error) throw answer;
      return { result: answer, fromCache: false, milliseconds: 1 };
    },
  });
  const failures: unknown[] = [];
  const made: Fixture = {
    element: document.body.appendChild(document.createElement("main")),
    asked,
    opened: () => opened,
    engine,
    failures,
    state,
    host: {
      peer: new Peer(end(0, 1)) as PanelPeer,
      context: {
        panel: "tensor",
        uri: "file:///m.pt",
        files: [],
        target: { tensor, part: null, tap: null },
        section: typeof answers.section === "string" ? answers.section : null,
        settings: { exactSpectrumLimit: 2048, significantDigits: 4 },
      },
      state: {
        get: () => made.state,
        set: (value) => {
          made.state = value;
        },
      },
      theme: { kind: "dark", color: (_, fallback) => fallback ?? "#888", onChange: () => ({ dispose() {} }) },
      fail: (error) => failures.push(error),
    },
  };
  mounted = tensorPanel.mount(made.element, made.host);
  return made;
}

export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}
