import { ModeScopeError } from "../../base/errors.ts";
import type { SimulatorParameters, TreeWorld } from "./types.ts";

/** More items than these no picture shows, and a step of training takes a second. */
export const MOST_ITEMS = 1024;
/** Of the table, items × properties. */
export const MOST_ENTRIES = 1_000_000;
const MOST_FEATURES = 20_000;
const MOST_HIDDEN = 2048;
const MOST_STEPS = 1_000_000;
const MOST_DEPTH = 5;
const MOST_KEPT = 400;

/** Checks what a panel or the command line asks for; what is left out has its default. `table`: no tree is looked at. */
export function readParameters(value: unknown, table: boolean): SimulatorParameters {
  const asked = record(value);
  return {
    tree: readTree(asked.tree, table),
    seed: whole(asked, "seed", 1, 0, 2 ** 31 - 1),
    depth: whole(asked, "depth", 2, 1, MOST_DEPTH),
    hidden: whole(asked, "hidden", 32, 1, MOST_HIDDEN),
    start: choice(asked, "start", ["balanced", "random"]),
    scale: real(asked, "scale", 1e-3, 1e-12, 10),
    rate: asked.rate == null ? null : real(asked, "rate", 0, 1e-12, 1e6),
    steps: asked.steps == null ? null : whole(asked, "steps", 0, 1, MOST_STEPS),
    train: flag(asked, "train", true),
    keep: whole(asked, "keep", 0, 0, MOST_KEPT),
  };
}

function readTree(value: unknown, table: boolean): TreeWorld {
  const asked = record(value);
  const tree: TreeWorld = {
    depth: whole(asked, "depth", 3, 1, 10, "tree."),
    branching: whole(asked, "branching", 2, 2, 32, "tree."),
    // At one half nothing is passed on, and there is no tree.
    flip: real(asked, "flip", 0.1, 0, 0.49, "tree."),
    features: whole(asked, "features", 100, 1, MOST_FEATURES, "tree."),
    properties: choice(asked, "properties", ["sampled", "limit"], "tree."),
  };
  const items = tree.branching ** tree.depth;
  if (!table && items > MOST_ITEMS)
    throw refusal(
      "tree.depth",
      `A tree of depth ${tree.depth} with ${tree.branching} branches at each node has ${items} items; ${MOST_ITEMS} are the most.`,
    );
  if (!table && items * tree.features > MOST_ENTRIES)
    throw refusal(
      "tree.features",
      `${items} items with ${tree.features} properties are too many entries; ${MOST_ENTRIES} are the most.`,
    );
  return tree;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined || value === null ? {} : (Object(value) as Record<string, unknown>);
}

function whole(
  asked: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
  least: number,
  most: number,
  path = "",
): number {
  const { [name]: value = fallback } = asked;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw refusal(path + name, `${WORDS[path + name] ?? name} is a whole number from ${least} to ${most}.`);
}

function real(
  asked: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
  least: number,
  most: number,
  path = "",
): number {
  const { [name]: value = fallback } = asked;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw refusal(path + name, `${WORDS[path + name] ?? name} is a number from ${least} to ${most}.`);
}

function choice<const Choice extends string>(
  asked: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly [Choice, ...Choice[]],
  path = "",
): Choice {
  const { [name]: value = choices[0] } = asked;
  const known = choices.find((one) => one === value);
  if (known !== undefined) return known;
  throw refusal(path + name, `${WORDS[path + name] ?? name} is ${choices.join(" or ")}.`);
}

function flag(asked: Readonly<Record<string, unknown>>, name: string, fallback: boolean): boolean {
  const { [name]: value = fallback } = asked;
  if (typeof value === "boolean") return value;
  throw refusal(name, `${name} is true or false.`);
}

const WORDS: Readonly<Record<string, string>> = {
  seed: "The seed",
  depth: "The number of weight matrices",
  hidden: "The width of the hidden layers",
  start: "The start",
  scale: "The scale of the first weights",
  rate: "The learning rate",
  steps: "The number of steps",
  keep: "The number of checkpoints",
  "tree.depth": "The depth of the tree",
  "tree.branching": "The number of branches at each node",
  "tree.flip": "The probability of a flip",
  "tree.features": "The number of properties",
  "tree.properties": "The kind of properties",
};

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
