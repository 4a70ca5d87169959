import type { RunFacts } from "./facts.ts";

/** What puts checkpoints in order, best first: a step that a person gave, the optimizer's own count, the epoch in the file, the number in its name, its time. */
export type OrderedBy = "given" | "step" | "epoch" | "name" | "time" | "list";

export interface Ordered {
  readonly by: OrderedBy;
  /** One for each candidate, in the order in which they were named; NaN where nothing is known of it. */
  readonly steps: readonly number[];
  /** Where another source would have ordered them otherwise, and that it was not followed. */
  readonly note: string | null;
}

export interface OrderCandidate {
  readonly facts: RunFacts | null;
  /** By the number in its name; null where it has none. */
  readonly named: number | null;
  /** When the file was last written, in milliseconds. */
  readonly time: number | null;
  /** What a person says. */
  readonly given: number | null;
}

/** The first source that tells all candidates apart. Those that could not be read have no say. */
export function orderOf(candidates: readonly OrderCandidate[]): Ordered {
  const sources: readonly (readonly [OrderedBy, (one: OrderCandidate) => number | null])[] = [
    ["given", ({ given }) => given],
    ["step", ({ facts }) => facts?.step?.value ?? null],
    ["epoch", ({ facts }) => facts?.epoch?.value ?? null],
    ["name", ({ named }) => named],
    ["time", ({ time }) => time],
  ];
  const readable = candidates.filter(({ facts }) => facts !== null);
  const tells = (of: (one: OrderCandidate) => number | null) => {
    const values = readable.map(of);
    return values.every((value) => value !== null) && new Set(values).size === values.length;
  };
  const usable = sources.filter(([, of]) => tells(of));
  const [best] = usable;
  if (best === undefined) return { by: "list", steps: candidates.map((_, k) => k), note: null };
  const [by, of] = best;
  // The counter of steps is silent about a file that is none: it sorts by the next best that knows.
  const steps = candidates.map((one) => of(one) ?? Number.NaN);
  const other = usable.find(([name, value]) => name !== by && name !== "time" && disagrees(readable, of, value));
  return {
    by,
    steps,
    note:
      other === undefined
        ? null
        : `${WORDS[other[0]]} would order them otherwise; ${WORDS[by].toLowerCase()} was followed.`,
  };
}

const WORDS: Readonly<Record<OrderedBy, string>> = {
  given: "The order that was given",
  step: "The optimizer's count of steps",
  epoch: "The epoch in the files",
  name: "The number in the names",
  time: "The time of the files",
  list: "The order of the list",
};

function disagrees(
  candidates: readonly OrderCandidate[],
  a: (one: OrderCandidate) => number | null,
  b: (one: OrderCandidate) => number | null,
): boolean {
  const rank = (of: (one: OrderCandidate) => number | null) =>
    candidates
      .map((one, k) => ({ value: of(one) ?? 0, k }))
      .sort((x, y) => x.value - y.value)
      .map(({ k }) => k)
      .join();
  return rank(a) !== rank(b);
}
