import { after as afterOf, passes } from "../network/neighbours.ts";
import type { LayerUse, NetworkModel } from "../network/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import type { GraphNode } from "../python/values/types.ts";
import { figure, powerOfTen, WIDE } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

const DEEP = 10;
/** A branch keeps the second moment if every layer of it does: σ_w² near 2 with ReLU, 1 without. */
const KEEPS = 0.8;

/** Residual branches that keep their input's scale double it at every block. */
export const MF013: Rule = {
  id: "MF013",
  title: "Residual branches without scale",
  severity: "warning",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) => {
      if (network.loaded || network.norms > 0 || network.skips === 0 || network.unknowns.length > 0) return [];
      const adds = network.nodes.filter(({ operation }) => operation.kind === "add");
      const growing = adds.flatMap((add) => branchesOf(add, network));
      const [first] = growing;
      const counts = growing.map(({ add }) => knownNumber(add.repeat));
      const blocks = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      if (first === undefined || counts.includes(null) || blocks <= DEEP || growing.length < adds.length) return [];
      return [
        {
          at: first.add.site,
          message: `${figure(blocks)} residual blocks add a branch that keeps the scale of its input, without norm and without a factor: second moments (and squared gradients) double at every block, ${powerOfTen(blocks * Math.LN2)} in all. Start the last layer of each branch at zero, or scale branches by 1/√${figure(blocks)}.`,
          related: [
            {
              at: placeOfLaw(first.last),
              message: `σ_w² = ${figure(knownNumber(first.last.sigmaW2) ?? Number.NaN)} at the end of the branch.`,
            },
          ],
          assumptions: [WIDE],
        },
      ];
    });
  },
};

/** The last layer of the branch that an addition takes in, where every layer of the branch keeps its input's scale. */
function branchesOf(add: GraphNode, network: NetworkModel): { add: GraphNode; last: LayerUse }[] {
  const { uses } = network;
  for (const input of add.inputs) {
    let at: GraphNode | undefined = input;
    let last: LayerUse | null = null;
    while (at !== undefined && at.inputs.length === 1) {
      if (at.operation.kind === "scale") break;
      const use = uses.get(at);
      if (use !== undefined) {
        const weight = knownNumber(use.sigmaW2);
        const wanted = use.before.activation === "relu" ? 2 : 1;
        if (weight === null || weight < KEEPS * wanted) {
          last = null;
          break;
        }
        last ??= use;
      } else if (at.operation.kind !== "activation" && !passes(at)) break;
      [at] = at.inputs;
      // Back on the main path, where the branch left it.
      if (
        at !== undefined &&
        (at.operation.kind === "add" || at.operation.kind === "input" || hasSkip(at, add, network))
      )
        break;
    }
    if (last !== null) return [{ add, last }];
  }
  return [];
}

function hasSkip(node: GraphNode, add: GraphNode, network: NetworkModel): boolean {
  return afterOf(node, network.consumers).some((one) => one.node === add);
}
