import { ModeScopeError } from "../../base/errors.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { type DataMode, dataModes } from "../../numerics/learning/linearChain.ts";
import { idealTree, sampleTree, treeLevels, treeStrengths } from "../../numerics/learning/treeWorld.ts";
import { Random } from "../../numerics/random.ts";
import { readDataTable } from "../../series/table.ts";
import type { StudyContext } from "../types.ts";
import { MOST_ENTRIES, MOST_ITEMS } from "./parameters.ts";
import type { TreeWorld } from "./types.ts";

/** What is to be learned, and its modes in the groups in which they are shown. */
export interface World {
  /** Properties × items. */
  readonly y: DenseMatrix;
  readonly itemNames: readonly string[];
  readonly propertyNames: readonly string[];
  readonly branches: readonly number[];
  readonly table: string | null;
  /** The strongest first. */
  readonly modes: readonly DataMode[];
  readonly groups: readonly ModeGroup[];
}

export interface ModeGroup {
  readonly level: number | null;
  readonly limit: number | null;
  readonly spread: readonly [number, number] | null;
  /** At least one, the strongest first; each of them one value, or several equal ones. */
  readonly modes: readonly DataMode[];
}

export async function tableWorld(context: StudyContext): Promise<World | null> {
  const file = context.files.find(({ role }) => role === "table");
  if (file === undefined) return null;
  const { name, data } = await context.withFile(file, async (opened) => {
    const entries = opened.tensors.reduce((most, { elements }) => Math.max(most, elements), 0);
    if (entries > MOST_ENTRIES)
      throw new ModeScopeError(
        "limit-exceeded",
        `${opened.name} has ${entries} entries; ${MOST_ENTRIES} are the most.`,
      );
    return {
      name: opened.name,
      data: await readDataTable(opened.name, opened.checkpoint, opened.tensors, context.signal),
    };
  });
  const { rows: properties, columns: items } = data.y;
  if (items > MOST_ITEMS)
    throw new ModeScopeError("limit-exceeded", `${name} has ${items} items; ${MOST_ITEMS} are the most.`, {
      remedy: "Items are the table's rows: simulate a table of fewer.",
    });
  const modes = dataModes(data.y);
  if (modes.length === 0)
    throw new ModeScopeError("bad-request", `${name} holds zeros only: there is nothing to learn.`);
  return {
    y: data.y,
    itemNames: data.itemNames ?? numbered("item", items),
    propertyNames: data.propertyNames ?? numbered("property", properties),
    branches: Array.from({ length: items }, () => 0),
    table: name,
    modes,
    groups: modes.map((mode) => ({ level: null, limit: null, spread: null, modes: [mode] })),
  };
}

const numbered = (what: string, count: number) => Array.from({ length: count }, (_, k) => `${what} ${k + 1}`);

export function treeWorld(tree: TreeWorld, seed: number): World {
  const { depth, branching, features } = tree;
  const items = branching ** depth;
  const y = tree.properties === "limit" ? idealTree(tree, features) : sampleTree(tree, features, new Random(seed));
  const limits = treeStrengths(tree, features);
  const byLevel = limits.map((): DataMode[] => []);
  const all = dataModes(y);
  for (const mode of all) byLevel[levelOf(mode, tree)]!.push(mode);
  const degeneracies = treeLevels(tree).map(({ degeneracy }) => degeneracy);
  const groups = byLevel.flatMap((modes, level): ModeGroup[] => {
    const limit = limits[level]!;
    if (modes.length === 0) return [];
    const edge = Math.sqrt(degeneracies[level]! / features);
    const spread: ModeGroup["spread"] =
      tree.properties === "limit" ? null : [limit * Math.max(0, 1 - edge), limit * (1 + edge)];
    return [{ level, limit, spread, modes }];
  });
  return {
    y,
    itemNames: Array.from({ length: items }, (_, item) => pathOf(item, tree)),
    propertyNames: numbered("property", y.rows),
    branches: Array.from({ length: items }, (_, item) => Math.floor(item / branching ** (depth - 1))),
    table: null,
    modes: all,
    groups,
  };
}

/** "2.1.1": the branch taken at each node from the root. */
function pathOf(item: number, { depth, branching }: TreeWorld): string {
  return Array.from(
    { length: depth },
    (_, d) => 1 + (Math.floor(item / branching ** (depth - 1 - d)) % branching),
  ).join(".");
}

/**
 * The level whose contrasts hold most of the mode. What a vector has at level l is what its means over the nodes of level l have beyond those over the
 * nodes above. In a table of few properties levels may come in another order than their limits do, so ranks do not tell.
 */
function levelOf({ v }: DataMode, { depth, branching }: TreeWorld): number {
  const items = branching ** depth;
  const energies = Array.from({ length: depth + 1 }, (_, level) => {
    const size = items / branching ** level;
    return v.reduce((sum, vector) => {
      for (let from = 0; from < items; from += size) {
        let inner = 0;
        for (let i = from; i < from + size; i++) inner += vector[i]!;
        sum += (inner * inner) / size;
      }
      return sum;
    }, 0);
  });
  const own = energies.map((energy, level) => energy - (energies[level - 1] ?? 0));
  return own.indexOf(Math.max(...own));
}
