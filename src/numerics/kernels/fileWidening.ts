import type { DType } from "../../base/dtype.ts";
import type { AffineCodes } from "../../base/widening.ts";
import { kernelsAtHand, loadKernels } from "./load.ts";
import type { Kernels, WidenedDtype } from "./types.ts";

const BYTES: Readonly<Partial<Record<DType, 1 | 2>>> = {
  f16: 2,
  bf16: 2,
  f8_e4m3: 1,
  f8_e5m2: 1,
  f8_e4m3fnuz: 1,
  f8_e5m2fnuz: 1,
  i8: 1,
  u8: 1,
} satisfies Record<WidenedDtype, 1 | 2>;

/** Fewer elements are through before a kernel is asked. */
const LEAST = 32_768;
/** Elements that loops take as long for as choosing the kernels takes: until then they are used only where something else has loaded them. */
const WORTH_LOADING = 2 ** 26;
let leftToLoops = 0;
/** Elements of a turn: source and result stay in the second cache, and the memory of the kernels need not grow with the tensor. */
const TURN = 32_768;

const isWidened = (dtype: DType): dtype is WidenedDtype => BYTES[dtype] !== undefined;

/** The widening kernels on a file's bytes, through a small buffer in their memory; see `base/widening.ts`. */
export function widenByKernels(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: DType,
  affine: AffineCodes | null,
  kernels?: Kernels,
): Float32Array<ArrayBuffer> | null {
  const width = BYTES[dtype];
  if (width === undefined || !isWidened(dtype) || bytes.length < LEAST * width) return null;
  // Whole numbers without a scale are copied by the engine itself, faster than through another memory.
  if ((dtype === "i8" || dtype === "u8") !== (affine !== null)) return null;
  const count = Math.floor(bytes.length / width);
  const set = kernels ?? kernelsAtHand() ?? (leftToLoops + count >= WORTH_LOADING ? loadKernels() : undefined);
  if (set === undefined) leftToLoops += count;
  // The twin is a loop, too.
  if (set === undefined || set.name === "plain") return null;
  const out = new Float32Array(count);
  set.memory.scope(TURN * (4 + width) + 256, () => {
    const [source, result] = [set.memory.bytes(TURN * width), set.memory.float32(TURN)];
    for (let at = 0; at < count; at += TURN) {
      const length = Math.min(TURN, count - at);
      source.set(bytes.subarray(at * width, (at + length) * width));
      const part = length === TURN ? result : result.subarray(0, length);
      if (affine !== null && (dtype === "i8" || dtype === "u8")) set.widenAffine(part, dtype, source, affine);
      else set.widen(part, dtype, source);
      out.set(part, at);
    }
  });
  return out;
}
