import { isRecord } from "../../../src/protocol/guards.ts";

export const ROLES = ["properties", "network", "inputs", "answers"] as const;
export type Role = (typeof ROLES)[number];

export interface ChosenFile {
  readonly role: Role;
  readonly uri: string;
  readonly name: string;
}

/** What a person set here; it survives a reload of the window. */
export interface ModesState {
  readonly files: readonly ChosenFile[];
  /** Null: a table's rows, a network's inputs. */
  readonly items: "rows" | "columns" | null;
  readonly convention: "sum" | "mean";
  readonly centre: boolean;
  readonly geometry: "hidden" | "behaviour";
  readonly ridge: number;
  /** The matrix of the network that is looked at; null: the chain of all. */
  readonly tensor: string | null;
  /** Null: the first that makes a split of the tree. */
  readonly mode: number | null;
  /** How vectors of a side are read as pictures ("28x28"); "" as found, "none" not at all. */
  readonly rowPicture: string;
  readonly columnPicture: string;
}

const DEFAULTS: ModesState = {
  files: [],
  items: null,
  convention: "sum",
  centre: false,
  geometry: "hidden",
  ridge: 0,
  tensor: null,
  mode: null,
  rowPicture: "",
  columnPicture: "",
};

/** What was saved is looked at field by field: an older version may have saved it. */
export function readState(saved: unknown): ModesState {
  if (!isRecord(saved)) return DEFAULTS;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    files: (Array.isArray(saved.files) ? saved.files : []).flatMap((file: unknown) => {
      const role = isRecord(file) ? ROLES.find((one) => one === file.role) : undefined;
      return isRecord(file) && role !== undefined && typeof file.uri === "string"
        ? [{ role, uri: file.uri, name: text(file.name) }]
        : [];
    }),
    items: saved.items === "columns" || saved.items === "rows" ? saved.items : null,
    convention: saved.convention === "mean" ? "mean" : "sum",
    centre: saved.centre === true,
    geometry: saved.geometry === "behaviour" ? "behaviour" : "hidden",
    ridge: typeof saved.ridge === "number" && saved.ridge >= 0 ? saved.ridge : 0,
    tensor: typeof saved.tensor === "string" ? saved.tensor : null,
    mode: typeof saved.mode === "number" && Number.isSafeInteger(saved.mode) && saved.mode >= 0 ? saved.mode : null,
    rowPicture: text(saved.rowPicture),
    columnPicture: text(saved.columnPicture),
  };
}

/** The part of it that the study is asked with. */
export function parametersOf({ items, convention, centre, geometry, ridge, tensor }: ModesState) {
  return { items, convention, centre, geometry, ridge, ...(tensor === null ? {} : { tensor }) };
}
