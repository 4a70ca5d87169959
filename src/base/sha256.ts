/** SHA-256 of what comes piece by piece; `hex` ends it. Node has a native one, `Sha256` runs everywhere. */
export interface StreamingHash {
  update(bytes: Uint8Array): unknown;
  hex(): string;
}

/**
 * SHA-256, incremental (FIPS 180-4, §4.1.2, §4.2.2, §5, §6.2). The hosts' own digests are either asynchronous and whole-message
 * (Web Crypto) or Node's alone; results are hashed while they stream, in every host.
 * Length counted as a number: exact up to 2^53 bytes.
 */
export class Sha256 implements StreamingHash {
  readonly #state = Int32Array.from(firstWords(8, 1 / 2));
  readonly #schedule = new Int32Array(64);
  readonly #block = new Uint8Array(64);
  #buffered = 0;
  #length = 0;

  update(bytes: Uint8Array): this {
    let position = 0;
    this.#length += bytes.length;
    if (this.#buffered > 0) {
      position = Math.min(64 - this.#buffered, bytes.length);
      this.#block.set(bytes.subarray(0, position), this.#buffered);
      this.#buffered += position;
      if (this.#buffered < 64) return this;
      compress(this.#state, this.#schedule, this.#block, 0, 64);
      this.#buffered = 0;
    }
    const whole = bytes.length - ((bytes.length - position) % 64);
    compress(this.#state, this.#schedule, bytes, position, whole);
    this.#block.set(bytes.subarray(whole));
    this.#buffered = bytes.length - whole;
    return this;
  }

  /** Ends the message: 64 hexadecimal digits. The hash must not be used afterwards. */
  hex(): string {
    const length = this.#length;
    const padding = new Uint8Array(this.#buffered < 56 ? 64 - this.#buffered : 128 - this.#buffered);
    padding[0] = 0x80;
    const tail = new DataView(padding.buffer, padding.length - 8);
    tail.setUint32(0, Math.floor(length / 2 ** 29));
    tail.setUint32(4, (length * 8) % 2 ** 32);
    this.update(padding);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

const K = Int32Array.from(firstWords(64, 1 / 3));

function compress(state: Int32Array, w: Int32Array, bytes: Uint8Array, from: number, to: number): void {
  let s0 = state[0]!;
  let s1 = state[1]!;
  let s2 = state[2]!;
  let s3 = state[3]!;
  let s4 = state[4]!;
  let s5 = state[5]!;
  let s6 = state[6]!;
  let s7 = state[7]!;
  for (let start = from; start < to; start += 64) {
    for (let t = 0, i = start; t < 16; t++, i += 4) {
      w[t] = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
    }
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15]!;
      const y = w[t - 2]!;
      const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16]! + small0 + w[t - 7]! + small1) | 0;
    }
    let a = s0;
    let b = s1;
    let c = s2;
    let d = s3;
    let e = s4;
    let f = s5;
    let g = s6;
    let h = s7;
    for (let t = 0; t < 64; t++) {
      const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + big1 + (g ^ (e & (f ^ g))) + K[t]! + w[t]!) | 0;
      const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (big0 + ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    s0 = (s0 + a) | 0;
    s1 = (s1 + b) | 0;
    s2 = (s2 + c) | 0;
    s3 = (s3 + d) | 0;
    s4 = (s4 + e) | 0;
    s5 = (s5 + f) | 0;
    s6 = (s6 + g) | 0;
    s7 = (s7 + h) | 0;
  }
  state.set([s0, s1, s2, s3, s4, s5, s6, s7]);
}

/**
 * The first 32 bits of the fractional parts of the square or cube roots of the first primes, found exactly: the double root gives the
 * guess, integer arithmetic decides.
 */
function firstWords(count: number, power: number): number[] {
  const order = Math.round(1 / power);
  const words: number[] = [];
  for (let candidate = 2; words.length < count; candidate++) {
    if (!isPrime(candidate)) continue;
    const target = BigInt(candidate) << BigInt(32 * order);
    let root = BigInt(Math.round(candidate ** power * 2 ** 32));
    while (root ** BigInt(order) > target) root--;
    while ((root + 1n) ** BigInt(order) <= target) root++;
    words.push(Number(root & 0xffffffffn) | 0);
  }
  return words;
}

function isPrime(value: number): boolean {
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false;
  return true;
}
