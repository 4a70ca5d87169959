import { type NullDraws, permutationP, quantile } from "./nulls.ts";
import type { Shape } from "./shape.ts";
import type { ModeHierarchyResult, Structure } from "./types.ts";

/** Below it the tree misses more than a third of the distances' variance (Sokal & Rohlf's rule of thumb). */
const MIN_COPHENETIC = 0.8;
const MAX_DELTA = 0.1;

export function treeVerdict(correlation: number, delta: number): ModeHierarchyResult["treeLike"] {
  if (Number.isNaN(correlation))
    return { verdict: false, reason: "All items are equally far from one another: no tree is better than another." };
  const r = correlation.toFixed(3);
  const d = delta.toFixed(3);
  if (correlation < MIN_COPHENETIC)
    return {
      verdict: false,
      reason: `Not tree-like: the tree keeps the distances only to r = ${r} (cophenetic; at least ${MIN_COPHENETIC} is asked).`,
    };
  if (delta > MAX_DELTA)
    return {
      verdict: false,
      reason: `Not tree-like: quadruples of items contradict a tree by δ = ${d} of the diameter (at most ${MAX_DELTA} is allowed).`,
    };
  return { verdict: true, reason: `Tree-like: cophenetic correlation ${r}, four-point defect ${d} of the diameter.` };
}

export function structuresOf(shape: Shape, draws: NullDraws): readonly Structure[] {
  const { ring, grid, clusters } = shape;
  const placements: Record<Structure["kind"], Structure["placement"]> = {
    tree: null,
    ring: ring === null ? null : { kind: "ring", order: ring.order },
    grid:
      grid === null
        ? null
        : { kind: "grid", rows: grid.rows, columns: grid.columns, row: grid.row, column: grid.column },
    clusters:
      clusters === null
        ? null
        : { kind: "clusters", count: clusters.count, silhouette: clusters.silhouette, labels: clusters.labels },
  };
  return (["tree", "ring", "grid", "clusters"] as const).map((kind) => ({
    kind,
    fit: shape.fits[kind],
    fitNull: quantile(draws.fits[kind], 0.95),
    p: permutationP(draws.fits[kind], shape.fits[kind]),
    placement: placements[kind],
  }));
}

/** A structure that explains less than half of the similarities is no picture of them. */
const LEAST_FIT = 0.5;
const LEVEL = 0.05;

/** What to look at instead of a tree. A description: of the structures tried, the one that tells most of the similarities, if it passes its null. */
export function offer(structures: readonly Structure[]): NonNullable<ModeHierarchyResult["offered"]> {
  const tried = structures.filter(({ kind, fit }) => kind !== "tree" && !Number.isNaN(fit));
  const passing = tried.filter(({ fit, p }) => fit >= LEAST_FIT && p <= LEVEL).sort((a, b) => b.fit - a.fit);
  const [best] = passing;
  if (best === undefined) {
    const names = tried.map(({ kind, fit, p }) => `${NAMES[kind]} ${fit.toFixed(2)} (p ${p.toFixed(3)})`).join(", ");
    return {
      kind: null,
      reason:
        names === ""
          ? "There are too few items to try a ring, a grid or clusters."
          : `No ring, grid or clusters describes them either; share of the similarities explained: ${names}. At least ${LEAST_FIT} and p ≤ ${LEVEL} are asked.`,
    };
  }
  return {
    kind: best.kind,
    reason: `${sentence(best)} explains ${(100 * best.fit).toFixed(0)} % of the similarities (95 % of permutations: at most ${(100 * best.fitNull).toFixed(0)} %, p ${best.p.toFixed(3)}). A description, the best of ${tried.length} that were tried.`,
  };
}

const NAMES: Readonly<Record<Structure["kind"], string>> = {
  tree: "tree",
  ring: "ring",
  grid: "grid",
  clusters: "clusters",
};

function sentence({ placement }: Structure): string {
  if (placement?.kind === "grid") return `A grid of ${placement.rows} × ${placement.columns} places`;
  if (placement?.kind === "clusters")
    return `A division into ${placement.count} clusters (mean silhouette ${placement.silhouette.toFixed(2)})`;
  return "A ring, on which only the distance round it counts,";
}
