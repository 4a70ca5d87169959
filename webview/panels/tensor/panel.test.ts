// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HierarchyMode, ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { TargetRef } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { ModeScopeError } from "../../../src/base/errors.ts";
import type { DescribedTensor } from "../../../src/base/tensor.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import type { PanelHost, PanelPeer } from "../../shell/types.ts";
import { tensorPanel } from "./index.ts";

const TENSOR: DescribedTensor = {
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
    sparkline: new Float32Array(2),
    degenerate: null,
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
  modes: { rows: 2, columns: 2, totalSquare: 5, modes: [mode(0), mode(1)] },
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
const HIERARCHY = hierarchyOf();

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
      { children: [1, 2], parent: null, size: 4, height: 1.65, modes: [1] },
      { children: [-1, -2], parent: 0, size: 2, height: 1.41, modes: [2, 3] },
      { children: [-3, -4], parent: 0, size: 2, height: 1.41, modes: [2, 3] },
    ],
    order: Int32Array.from([0, 1, 2, 3]),
    similarity: new Float32Array(16).fill(1),
    copheneticCorrelation: exact(1),
    copheneticNull: 0.99,
    copheneticP: 0.03,
    relativeDelta: exact(0),
    treeLike: { verdict: true, reason: "Tree-like: made up." },
    draws: 1000,
    degenerate: null,
  };
}

interface Fixture {
  readonly element: HTMLElement;
  readonly asked: { analysis: string; target: TargetRef }[];
  readonly opened: () => number;
  readonly engine: { emit(event: string, data: unknown): void };
  readonly host: PanelHost;
  readonly failures: unknown[];
  state: unknown;
}

let mounted: Disposable | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => mounted?.dispose());

/** The real peer on both ends of a wire in memory; only the answers are made up. */
function fixture(answers: Record<string, unknown> = {}, tensor = TENSOR.name, state: unknown = undefined): Fixture {
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
      analyses: [{ id: "spectrum", quantities: { stableRank: quantity } }],
    }),
    "checkpoint/open": () => {
      opened++;
      return { checkpoint: "c1", uri: "file:///m.pt", name: "m.pt" };
    },
    "checkpoint/tensors": ({ from, count }: { from: number; count: number }) => ({
      tensors: [...Array.from({ length: 1000 }, (_, i) => ({ ...TENSOR, name: `filler.${i}` })), TENSOR].slice(
        from,
        from + count,
      ),
    }),
    "checkpoint/labels": () => ({ labels: null }),
    "labels/find": () => ({
      lists: [{ name: "items", labels: ["Canary", "Salmon", "Oak", "Rose"] }],
      source: "labels.json",
      problem: null,
    }),
    "analysis/run": ({ analysis, target }: { analysis: string; target: TargetRef }) => {
      asked.push({ analysis, target });
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
        target: { tensor, part: null, tap: null },
        section: null,
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

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

test("shows the tensor on a later page: header, numbers, all four sections, of the first part", async () => {
  const { element, asked } = fixture();
  await settled();
  expect(element.querySelector("h1")?.textContent).toBe("fused.weight");
  expect([...element.querySelectorAll(".ms-part option")].map((option) => option.textContent)).toEqual([
    "gate i",
    "gate f",
  ]);
  expect(new Set(asked.map(({ target }) => target.part))).toEqual(new Set([0]));
  expect(element.querySelector("[data-field=stableRank]")?.textContent).toContain("1.25");
  expect(element.querySelectorAll("canvas[role=img][aria-label]")).toHaveLength(3);
  expect(element.querySelectorAll(".ms-as-table")).toHaveLength(3);
  expect(element.querySelectorAll(".ms-mode-bars")).toHaveLength(2);
  expect(element.querySelectorAll("[aria-busy]")).toHaveLength(0);
  expect(asked.filter(({ analysis }) => analysis === "spectrum")).toHaveLength(1);
});

test("one section that fails or does not apply leaves the others alone", async () => {
  const { element } = fixture({
    distribution: new ModeScopeError("short-read", "The file ends early.", { offset: 7, remedy: "Copy it again." }),
    modes: new ModeScopeError("unsupported", "A bias is no matrix."),
  });
  await settled();
  const text = (id: string) => element.querySelector(`[data-section=${id}]`)?.textContent ?? "";
  expect(text("distribution")).toContain("byte offset 7");
  expect(text("distribution")).toContain("Copy it again.");
  expect(element.querySelector("[data-section=distribution] [role=alert]")).not.toBeNull();
  expect(text("modes")).toContain("A bias is no matrix.");
  expect(element.querySelector("[data-section=modes] [role=alert]")).toBeNull();
  expect(element.querySelector("[data-section=spectrum] canvas")).not.toBeNull();
});

test("another part is asked for anew, and what was set survives", async () => {
  const made = fixture();
  await settled();
  const select = made.element.querySelector<HTMLSelectElement>(".ms-part")!;
  select.selectedIndex = 1;
  select.dispatchEvent(new Event("change"));
  made.element.querySelector<HTMLElement>("[data-choice=log-log]")?.click();
  await settled();
  made.element.querySelector<HTMLElement>("[data-section=heatmap] .ms-section-toggle")?.click();
  expect(made.asked.at(-1)?.target.part).toBe(1);
  expect(made.state).toMatchObject({ part: 1, closed: ["heatmap"] });
  mounted?.dispose();
  const again = fixture({}, TENSOR.name, JSON.parse(JSON.stringify(made.state)));
  await settled();
  expect(again.asked.every(({ target }) => target.part === 1)).toBe(true);
  expect(again.asked.some(({ analysis }) => analysis === "heatmap")).toBe(false);
});

test("choosing a mode shows it, with the notice where it is degenerate", async () => {
  const made = fixture();
  await settled();
  expect(made.element.querySelector(".ms-degenerate")).toBeNull();
  made.element.querySelectorAll<HTMLElement>(".ms-mode-choice")[1]?.click();
  expect(made.element.querySelector(".ms-mode-detail h3")?.textContent).toBe("Mode 2");
  expect(made.element.querySelector(".ms-degenerate")?.textContent).toContain("subspace counts");
  expect(made.state).toMatchObject({ mode: 1 });
});

test("the mode hierarchy is computed when asked for, with names; a split and a mode choose each other", async () => {
  const made = fixture({ "mode-hierarchy": HIERARCHY });
  await settled();
  const section = made.element.querySelector<HTMLElement>("[data-section=hierarchy]")!;
  expect(made.asked.some(({ analysis }) => analysis === "mode-hierarchy")).toBe(false);
  section.querySelector<HTMLElement>(".ms-section-toggle")?.click();
  await settled();
  expect([...section.querySelectorAll(".ms-tree-items li")].map((item) => item.textContent)).toEqual([
    "Canary",
    "Salmon",
    "Oak",
    "Rose",
  ]);
  expect(section.textContent).toContain("Names: from labels.json");
  const nodes = [...section.querySelectorAll<SVGElement>(".ms-tree-node")];
  expect(nodes.map((node) => node.querySelector("text")?.textContent)).toEqual(["2", "3–4", "3–4"]);
  expect(nodes[0]?.getAttribute("aria-label")).toContain("Mode 2: σ 1.732, purity 1.000. Canary, Salmon (output 1)");
  // The first mode that makes a split is chosen at once.
  expect(nodes.map((node) => node.getAttribute("aria-pressed"))).toEqual(["true", "false", "false"]);
  nodes[1]?.dispatchEvent(new MouseEvent("click"));
  expect(nodes.map((node) => node.getAttribute("aria-pressed"))).toEqual(["false", "true", "true"]);
  expect(section.querySelector(".ms-hierarchy-words")?.textContent).toContain("one subspace");
  expect(section.querySelector("tr.ms-selected")?.textContent).toContain("3–4");
  section.querySelectorAll<HTMLElement>(".ms-mode-choice")[0]?.click();
  expect(section.querySelector("tr.ms-selected")?.textContent).toContain("all items");
  nodes[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  expect(nodes.map((node) => node.getAttribute("tabindex"))).toEqual(["-1", "0", "-1"]);
  section.querySelector<HTMLElement>("[data-choice=rows]")?.click();
  await settled();
  expect(made.state).toMatchObject({
    opened: ["hierarchy"],
    hierarchy: { items: "rows", geometry: "hidden", centre: false },
  });
});

test("a changed file is announced, and Refresh opens it again", async () => {
  const made = fixture();
  await settled();
  made.engine.emit("checkpoint/changed", { checkpoint: "c1", uri: "file:///m.pt", change: "modified" });
  await settled();
  expect(made.element.querySelector(".ms-tensor-banner")?.textContent).toContain("changed on disk");
  made.element.querySelector<HTMLElement>(".ms-tensor-banner vscode-button")?.click();
  await settled();
  expect(made.opened()).toBe(2);
  expect(made.element.querySelector(".ms-tensor-banner")?.textContent).toBe("");
});

test("a tensor that is not there fails the panel with a remedy", async () => {
  const made = fixture({}, "gone.weight");
  await settled();
  expect(made.failures[0]).toMatchObject({ code: "unknown-tensor", details: { tensor: "gone.weight" } });
});
