import type { HierarchyNode, ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";

/** On the way into a page NaN and the infinities become null, whatever the types say. */
function number(value: number | null): number {
  return value ?? Number.NaN;
}

/** The result with its numbers as they were: what is not defined is NaN again, and a coherence without noise infinite. */
export function revived(result: ModeHierarchyResult): ModeHierarchyResult {
  const { basicLevel, leaves } = result;
  return {
    ...result,
    copheneticNull: number(result.copheneticNull),
    copheneticP: number(result.copheneticP),
    modes: result.modes.map((mode) => ({
      ...mode,
      singularValueNull: number(mode.singularValueNull),
      singularValueP: number(mode.singularValueP),
      purityNull: number(mode.purityNull),
      purityP: number(mode.purityP),
    })),
    nodes: result.nodes.map((node) => ({
      ...node,
      heightP: number(node.heightP),
      coherence: node.coherence && coherenceOf(node.coherence),
    })),
    structures: result.structures.map((one) => ({
      ...one,
      fit: number(one.fit),
      fitNull: number(one.fitNull),
      p: number(one.p),
    })),
    basicLevel: basicLevel && { ...basicLevel, advantage: number(basicLevel.advantage), p: number(basicLevel.p) },
    leaves: leaves && {
      ...leaves,
      withinShare: number(leaves.withinShare),
      modesShare: number(leaves.modesShare),
      sampleCophenetic: number(leaves.sampleCophenetic),
    },
  };
}

function coherenceOf(coherence: NonNullable<HierarchyNode["coherence"]>): NonNullable<HierarchyNode["coherence"]> {
  const shared = { p: number(coherence.p), threshold: number(coherence.threshold) };
  if (coherence.kind === "mode") return { ...coherence, ...shared, value: number(coherence.value) };
  // Without noise outside the block every category is coherent beyond any bound.
  const value: number | null = coherence.value;
  return { ...coherence, ...shared, value: value ?? Number.POSITIVE_INFINITY };
}
