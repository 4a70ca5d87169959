import type { DescribedTensor } from "../base/tensor.ts";

/** The weights of a checkpoint by name and shape: what all checkpoints of one run share. Optimizer state and buffers may come and go. */
export type Build = ReadonlyMap<string, string>;

export function buildOf(described: readonly DescribedTensor[]): Build {
  return new Map(
    described
      .filter(({ role }) => role !== "optimizer-state" && role !== "ema" && role !== "buffer" && role !== "scalar")
      .map(({ name, shape }) => [name, shape.join("×")]),
  );
}

/** The build that most checkpoints have; of equally many the one that comes first. */
export function commonBuild(builds: readonly (Build | null)[]): Build | null {
  const counts = new Map<string, { build: Build; count: number }>();
  for (const build of builds) {
    if (build === null || build.size === 0) continue;
    const key = [...build].map(([name, shape]) => `${name} ${shape}`).join("\n");
    const entry = counts.get(key) ?? { build, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  let best: { build: Build; count: number } | null = null;
  for (const entry of counts.values()) if (best === null || entry.count > best.count) best = entry;
  return best?.build ?? null;
}

/** Why a checkpoint is none of the run, in one sentence; null where it is. */
export function foreignReason(build: Build, run: Build): string | null {
  for (const [name, shape] of run) {
    const own = build.get(name);
    if (own === undefined) {
      const shared = [...run.keys()].filter((one) => build.has(one)).length;
      if (shared > 0) return `It has no ${name}; ${shared} of the run's ${run.size} weights are there.`;
      return `None of its ${build.size} weights has the name of one of the run's ${run.size}; ${shapesBeside(build, run)}.`;
    }
    if (own !== shape) return `Its ${name} is ${own || "a scalar"}, that of the run is ${shape || "a scalar"}.`;
  }
  const extra = [...build.keys()].find((name) => !run.has(name));
  return extra === undefined ? null : `It has ${extra}, which the run has not.`;
}

/** Two networks without a common name are compared in the order of their files. */
function shapesBeside(build: Build, run: Build): string {
  const [own, other] = [[...build], [...run]];
  const at = other.findIndex(([, shape], k) => own[k] !== undefined && own[k][1] !== shape);
  if (at < 0) return "their shapes agree as far as they go";
  return `where the run has ${other[at]![0]} of ${other[at]![1]} it has ${own[at]![0]} of ${own[at]![1]}`;
}
