// Seeded numbers for the benches' matrices: equal on every machine, so that results of two machines are of the same work.

/** Standard normal values by Box and Muller's method over the generator mulberry32; two for each pair of draws. */
export function normalSource(seed) {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    /** Fills the array with standard normal values times `scale`. */
    fill(values, scale = 1) {
      for (let i = 0; i < values.length; i += 2) {
        const radius = scale * Math.sqrt(-2 * Math.log(1 - uniform()));
        const angle = 2 * Math.PI * uniform();
        values[i] = radius * Math.cos(angle);
        if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
      }
      return values;
    },
  };
}
