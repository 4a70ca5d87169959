import { isRecord } from "../../../src/protocol/guards.ts";

/** How the run was trained, as a person typed it; "" where it is left to what the files record. */
export interface Words {
  readonly optimizer: string;
  readonly loss: string;
  readonly rate: string;
  readonly momentum: string;
  readonly weightDecay: string;
  readonly noise: string;
  readonly layer: string;
}

export const NO_WORDS: Words = {
  optimizer: "",
  loss: "",
  rate: "",
  momentum: "",
  weightDecay: "",
  noise: "",
  layer: "",
};

export type Overlay = "theory" | "fits" | "none";

/** What survives a reload of the window. */
export interface ViewState {
  /** URI of the data table; null: none; undefined: whatever is found. */
  readonly table: string | null | undefined;
  readonly inputs: string | null;
  readonly words: Words;
  /** Steps that a person gave, by URI. */
  readonly given: Readonly<Record<string, number>>;
  /** Checkpoints that are left out. */
  readonly without: readonly string[];
  /** Sections that are folded. */
  readonly folded: readonly string[];
  readonly overlay: Overlay;
  readonly mode: number;
  readonly moment: number | null;
  readonly axes: string;
  readonly belief: number;
  readonly taught: { readonly kind: "item" | "property"; readonly index: number };
  readonly matrix: string | null;
  readonly law: number;
}

const START: ViewState = {
  table: undefined,
  inputs: null,
  words: NO_WORDS,
  given: {},
  without: [],
  folded: [],
  overlay: "theory",
  mode: 0,
  moment: null,
  axes: "0-1",
  belief: 0,
  taught: { kind: "item", index: 0 },
  matrix: null,
  law: 0,
};

/** What was kept, checked: an older version of the panel may have written it. */
export function readViewState(value: unknown): ViewState {
  if (!isRecord(value)) return START;
  const { table, inputs, words, given, without, folded, overlay, mode, moment, axes, belief, taught, matrix, law } =
    value;
  const text = (one: unknown): one is string => typeof one === "string";
  const index = (one: unknown) => (Number.isSafeInteger(one) && Number(one) >= 0 ? Number(one) : 0);
  const kind = isRecord(taught) && taught.kind === "property" ? "property" : "item";
  return {
    table: text(table) || table === null ? table : undefined,
    inputs: text(inputs) ? inputs : null,
    words: Object.fromEntries(
      Object.keys(NO_WORDS).map((key) => [key, isRecord(words) && text(words[key]) ? words[key] : ""]),
    ) as unknown as Words,
    given: Object.fromEntries(
      Object.entries(isRecord(given) ? given : {}).filter((entry): entry is [string, number] =>
        Number.isFinite(entry[1]),
      ),
    ),
    without: Array.isArray(without) ? without.filter(text) : [],
    folded: Array.isArray(folded) ? folded.filter(text) : [],
    overlay: overlay === "fits" || overlay === "none" ? overlay : "theory",
    mode: index(mode),
    moment: Number.isFinite(moment) ? Number(moment) : null,
    axes: text(axes) && /^\d-\d$/.test(axes) ? axes : "0-1",
    belief: index(belief),
    taught: { kind, index: isRecord(taught) ? index(taught.index) : 0 },
    matrix: text(matrix) ? matrix : null,
    law: index(law),
  };
}
