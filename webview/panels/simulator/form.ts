/** What a person says in the form: texts as they are typed, so that half a number is nothing to lose. */
export interface SimulatorForm {
  readonly world: "tree" | "table";
  readonly texts: Readonly<Record<TextField, string>>;
  readonly properties: "sampled" | "limit";
  readonly start: "balanced" | "random";
}

export type TextField =
  | "tree.depth"
  | "tree.branching"
  | "tree.flip"
  | "tree.features"
  | "seed"
  | "depth"
  | "hidden"
  | "scale"
  | "rate"
  | "steps";

export interface FieldWords {
  readonly field: TextField;
  readonly label: string;
  readonly title: string;
  /** Left empty it is chosen for the person. */
  readonly automatic?: true;
}

export const TREE_FIELDS: readonly FieldWords[] = [
  { field: "tree.depth", label: "Depth", title: "Levels of the tree below its root" },
  {
    field: "tree.branching",
    label: "Branches",
    title: "Branches at each node: branches to the power of depth is the number of items",
  },
  {
    field: "tree.flip",
    label: "Flip probability ε",
    title: "How likely a property changes its sign from parent to child, below ½",
  },
  { field: "tree.features", label: "Properties N", title: "How many properties the items have" },
];
export const SEED_FIELD: FieldWords = {
  field: "seed",
  label: "Seed",
  title: "Of the properties that are drawn and of the first weights: the same seed gives the same run",
};
export const NETWORK_FIELDS: readonly FieldWords[] = [
  { field: "depth", label: "Weight matrices", title: "1 (shallow) to 5" },
  {
    field: "hidden",
    label: "Hidden units",
    title: "Width of each hidden layer; fewer than modes, and the weakest are never learned",
  },
];
export const TRAINING_FIELDS: readonly FieldWords[] = [
  {
    field: "rate",
    label: "Learning rate",
    title: "Of ½Σ‖y − ŷ‖²; empty: a fiftieth of the largest stable one",
    automatic: true,
  },
  {
    field: "steps",
    label: "Steps",
    title: "Full-batch steps; empty: until theory has all modes learned",
    automatic: true,
  },
];

const DEFAULT_FORM: SimulatorForm = {
  world: "tree",
  texts: {
    "tree.depth": "3",
    "tree.branching": "2",
    "tree.flip": "0.1",
    "tree.features": "100",
    seed: "1",
    depth: "2",
    hidden: "32",
    scale: "0.001",
    rate: "",
    steps: "",
  },
  properties: "sampled",
  start: "balanced",
};

export interface Example {
  readonly id: string;
  readonly label: string;
  readonly form: SimulatorForm;
}

const example = (
  id: string,
  label: string,
  texts: Partial<SimulatorForm["texts"]>,
  rest: Partial<Pick<SimulatorForm, "properties" | "start">> = {},
): Example => ({
  id,
  label,
  form: { ...DEFAULT_FORM, ...rest, texts: { ...DEFAULT_FORM.texts, ...texts } },
});

/** Worlds to begin with. */
export const EXAMPLES: readonly Example[] = [
  example("small", "A small tree: 8 items", {}),
  example(
    "saxe",
    "Saxe 2014, figure 3: 32 items, 5 levels",
    { "tree.depth": "5", "tree.features": "1000", scale: "0.000001", rate: "0.0005" },
    { properties: "limit" },
  ),
  example("random", "Small random weights", { scale: "0.001", hidden: "16" }, { start: "random" }),
  example("shallow", "One weight matrix: no stages", { depth: "1" }),
  example("deep", "Four weight matrices: long plateaus", { depth: "4", scale: "0.01" }, { properties: "limit" }),
  example("lazy", "Large weights: no plateau", { scale: "0.3", hidden: "64" }, { start: "random" }),
];

/** What the study is asked; texts that are no numbers are left to it to refuse by name. */
export function parametersOf({ texts, properties, start }: SimulatorForm): Readonly<Record<string, unknown>> {
  const number = (field: TextField) => (texts[field].trim() === "" ? Number.NaN : Number(texts[field]));
  const automatic = (field: TextField) => (texts[field].trim() === "" ? null : Number(texts[field]));
  return {
    tree: {
      depth: number("tree.depth"),
      branching: number("tree.branching"),
      flip: number("tree.flip"),
      features: number("tree.features"),
      properties,
    },
    seed: number("seed"),
    depth: number("depth"),
    hidden: number("hidden"),
    start,
    scale: number("scale"),
    rate: automatic("rate"),
    steps: automatic("steps"),
  };
}

/** What was kept of the form, checked: a state may be of an older version. */
export function restoredForm(value: unknown, table: boolean): SimulatorForm {
  const kept = Object(value) as Record<string, unknown>;
  const texts = Object(kept.texts) as Record<string, unknown>;
  const fields = Object.keys(DEFAULT_FORM.texts) as TextField[];
  const own = fields.map((field) => {
    const { [field]: text } = texts;
    return [field, typeof text === "string" ? text : DEFAULT_FORM.texts[field]] as const;
  });
  return {
    world: kept.world === "table" || kept.world === "tree" ? kept.world : table ? "table" : "tree",
    texts: { ...DEFAULT_FORM.texts, ...Object.fromEntries(own) },
    properties: kept.properties === "limit" ? "limit" : "sampled",
    start: kept.start === "random" ? "random" : "balanced",
  };
}
