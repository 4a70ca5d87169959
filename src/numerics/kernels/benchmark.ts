import type { Block64, Kernels } from "./types.ts";

/**
 * In a product of this size sets that differ by a twentieth in large products can come out in either order, as rounds differ by as much. So the order of the sets
 * counts: those with the larger tiles come first, and a later one is taken only where it is ahead by more than that. An engine that does not join vectors shows
 * at once: there large tiles spill, and are behind by a quarter.
 */
const CLEAR = 1.08;
const SIZE = 120;
const ROUNDS = 6;
const FLOPS = 2 * SIZE ** 3;
/** Milliseconds for one set to reach its final machine code, and for all rounds. */
const WARM_UP = 6;
const ALL_ROUNDS = 20;

/** Speed of each set in a small float64 product: best of several interleaved rounds, in GFLOP/s. Takes less than 50 ms. */
export function benchmark(sets: readonly Kernels[]): number[] {
  const runs = sets.map((kernels) => (body: (run: () => void) => void) => {
    kernels.memory.scope(3 * SIZE * SIZE * 8, () => {
      const block = (): Block64 => ({
        data: kernels.memory.float64(SIZE * SIZE).fill(1),
        rows: SIZE,
        columns: SIZE,
        stride: SIZE,
      });
      const [a, b, c] = [block(), block(), block()];
      body(() => kernels.gemm64(c, a, b));
    });
  });
  for (const run of runs) {
    run((product) => {
      const until = performance.now() + WARM_UP;
      while (performance.now() < until) product();
    });
  }
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  const until = performance.now() + ALL_ROUNDS;
  for (let round = 0; round < ROUNDS && performance.now() < until; round++) {
    for (const [index, run] of runs.entries()) {
      run((product) => {
        const start = performance.now();
        product();
        product();
        best[index] = Math.min(best[index] as number, (performance.now() - start) / 2);
      });
    }
  }
  return best.map((milliseconds) => FLOPS / milliseconds / 1e6);
}

/** Which of some speeds to take: the first, unless a later one is ahead by more than rounds differ. */
export function clearlyFastest(speeds: readonly number[]): number {
  let best = 0;
  for (const [index, speed] of speeds.entries()) if (speed > CLEAR * (speeds[best] as number)) best = index;
  return best;
}
