import type { TargetRef } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import type { PanelHost, PanelPeer } from "../../shell/types.ts";
import { tensorPanel } from "./index.ts";
import { RESULTS, TENSOR } from "./results.testkit.ts";

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
