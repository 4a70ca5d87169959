import type { Block64, Kernels } from "./types.ts";

/**
 * The choice decides the last bits of every result, so on one machine it has to come out the same each time, also while others keep its cores busy. Sets that
 * differ by a twentieth can come out in either order; so the order of the sets counts: those with the larger tiles come first, and a later one is taken only
 * where it is ahead by more than rounds differ. An engine that does not join vectors shows at once: there large tiles spill, and are behind by a quarter.
 */
const CLEAR = 1.15;
const SIZE = 120;
const ROUNDS = 6;
const FLOPS = 2 * SIZE ** 3;
/** A best round counts once a second one has come as near as this: a set that was interrupted in every round so far has none. */
const CONFIRMED = 1.04;
/** Milliseconds for one set to reach its final machine code, and for all rounds at most, on a machine that never leaves a core alone. */
const WARM_UP = 6;
const ALL_ROUNDS = 400;

/**
 * Speed of each set in a small float64 product: best of several interleaved rounds, in GFLOP/s; more rounds until each set's best has been reached twice. Takes
 * less than 50 ms where the core is its own.
 */
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
  const second = runs.map(() => Number.POSITIVE_INFINITY);
  const confirmed = () => best.every((time, index) => (second[index] as number) <= CONFIRMED * time);
  const until = performance.now() + ALL_ROUNDS;
  for (let round = 0; (round < ROUNDS || !confirmed()) && performance.now() < until; round++) {
    for (const [index, run] of runs.entries()) {
      run((product) => {
        const start = performance.now();
        product();
        product();
        const time = (performance.now() - start) / 2;
        second[index] = Math.min(second[index] as number, Math.max(time, best[index] as number));
        best[index] = Math.min(best[index] as number, time);
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
