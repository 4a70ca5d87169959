/** What the fuzzer's parent and its worker tell each other. */
export interface WorkerData {
  readonly root: string;
  readonly format: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Milliseconds of the clock after which no further case starts. */
  readonly until: number;
  readonly slowMilliseconds: number;
  readonly greedyMegabytes: number;
  /** The index of the case under way. */
  readonly place: Int32Array<SharedArrayBuffer>;
}

export interface Finding {
  readonly index: number;
  readonly what: string;
}

/** Sums since the worker's beginning. */
export interface Figures {
  readonly cases: number;
  readonly opened: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly worst: { readonly milliseconds: number; readonly index: number };
}

export type WorkerMessage =
  | { readonly kind: "figures"; readonly figures: Figures }
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "end"; readonly megabytes: number };
