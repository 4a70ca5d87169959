/** Seeded random numbers: the same everywhere, so that every estimate can be repeated. xoshiro128** (Blackman & Vigna 2018), seeded by SplitMix32. */
export class Random {
  readonly #s = new Uint32Array(4);
  #spare: number | null = null;

  constructor(seed: number) {
    let z = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) >>> 0;
      let t = z ^ (z >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
      this.#s[i] = t ^ (t >>> 15);
    }
  }

  #next(): number {
    const s = this.#s;
    const s1 = s[1] as number;
    const x = Math.imul(s1, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    s[2] = (s[2] as number) ^ (s[0] as number);
    s[3] = (s[3] as number) ^ s1;
    s[1] = s1 ^ (s[2] as number);
    s[0] = (s[0] as number) ^ (s[3] as number);
    s[2] = (s[2] as number) ^ (s1 << 9);
    const last = s[3] as number;
    s[3] = (last << 11) | (last >>> 21);
    return result;
  }

  /** Uniform on [0, 1) with 53 bits. */
  uniform(): number {
    return ((this.#next() >>> 5) * 67108864 + (this.#next() >>> 6)) / 9007199254740992;
  }

  /** Standard normal (Box–Muller). */
  normal(): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A random direction: standard normal, normalized. */
  direction(length: number): Float64Array<ArrayBuffer> {
    const x = Float64Array.from({ length }, () => this.normal());
    const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    return norm === 0 ? x.fill(1 / Math.sqrt(length)) : x.map((value) => value / norm);
  }
}
