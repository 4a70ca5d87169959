import { ModeScopeError } from "../../base/errors.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { type DataMode, measureModes } from "../../numerics/learning/linearChain.ts";
import { inputStructure } from "../../numerics/semantics/correlations.ts";
import { networkMap } from "../../numerics/semantics/networkMap.ts";
import type { Given } from "./given.ts";
import type { Decomposed } from "./modes.ts";
import type { NetworkReport, SemanticModesParameters } from "./types.ts";

/** The data's modes in the network's own map; null without data, or without a network or its answers. */
export function networkReport(
  { properties, inputs, answers, network }: Given,
  { convention, ridge }: SemanticModesParameters,
  { found, groups, total }: { found: Decomposed; groups: readonly (readonly number[])[]; total: DenseMatrix | null },
): NetworkReport | null {
  if (properties === null || (network === null && answers === null)) return null;
  const x = inputs?.values ?? null;
  const { rows: outputs, columns: items } = properties.values;
  const wanted = x?.rows ?? items;
  let map = total;
  let rSquared = 1;
  let source: NetworkReport["source"] = x === null ? "weights" : "weights on inputs";
  if (answers !== null) {
    ({ map, rSquared } = networkMap(answers.values, x, ridge));
    source = answers.run === true ? "run" : "answers";
  }
  if (map === null || map.rows !== outputs || map.columns !== wanted)
    throw new ModeScopeError(
      "bad-request",
      `${properties.file} has ${outputs} properties, and its items are ${wanted} ${x === null ? "one-hot inputs" : "inputs"}, but ${answers?.file ?? network?.file} is a map of ${map?.columns ?? 0} inputs to ${map?.rows ?? 0} outputs.`,
      {
        remedy: "Give the table that this network was trained on, and the table of its inputs if they are not one-hot.",
      },
    );
  const modes: DataMode[] = [...new Set(groups)].map((group) => ({
    group,
    s: found.values[group[0]!]!,
    u: group.map((index) => found.left[index]!),
    v: group.map((index) => found.right[index]!),
  }));
  const { strengths, offDiagonal } = measureModes(modes, map);
  const strengthOf = new Map(modes.flatMap(({ group }, at) => group.map((index) => [index, strengths[at]!] as const)));
  const carried = inputStructure(x, found.right, convention, items).strengths;
  const ranks = Array.from(found.values.keys());
  return {
    file: answers?.file ?? network!.file,
    source,
    strengths: ranks.map((index) => strengthOf.get(index)!),
    targets: ranks.map((index) => found.values[index]! / carried[index]!),
    offDiagonal,
    rSquared,
  };
}
