import type { AssembledTensor } from "../assembled.ts";
import { dequantized } from "./dequantized.ts";
import type { Derivation, Recognizer } from "./types.ts";
import { WholeTensors } from "./whole.ts";

/** Nibble of a word in which output o (counted within its eight) stands: the kernels' order 0 2 4 6 1 3 5 7. */
const NIBBLE = [0, 4, 1, 5, 2, 6, 3, 7];

interface Layer {
  readonly codes: AssembledTensor;
  readonly zeros: AssembledTensor;
  readonly scales: AssembledTensor;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
}

/** AWQ (Lin et al. 2024), GEMM layout: four-bit codes packed along the outputs, w[k, o] = s[g, o]·(q[k, o] − z[g, o]). */
export const activationAware: Recognizer = async (tensors) => {
  const derivations: Derivation[] = [];
  const whole = new WholeTensors();
  for (const [name, codes] of tensors) {
    if (!name.endsWith(".qweight")) continue;
    const module = name.slice(0, -".qweight".length);
    const zeros = tensors.get(`${module}.qzeros`);
    const scales = tensors.get(`${module}.scales`);
    const [inputs, packed] = codes.info.shape;
    const [groups, outputs] = scales?.info.shape ?? [];
    if (zeros === undefined || scales === undefined || inputs === undefined || packed === undefined) continue;
    if (groups === undefined || outputs === undefined || groups === 0 || inputs % groups !== 0) continue;
    if (codes.info.shape.length !== 2 || packed * 8 !== outputs) continue;
    if (zeros.info.shape[0] !== groups || zeros.info.shape[1] !== packed) continue;
    const layer: Layer = { codes, zeros, scales, inputs, outputs, groups };
    derivations.push(
      dequantized(
        { name: `${module}.weight`, inputs, outputs, scheme: "AWQ", how: `4 bits, ${groups} groups` },
        [
          { tensor: codes, what: "packed codes" },
          { tensor: zeros, what: "zero points" },
          { tensor: scales, what: "scales" },
        ],
        (start, count, signal) => dequantize(layer, whole, start, count, signal),
      ),
    );
  }
  return { derivations };
};

async function dequantize(
  { codes, zeros, scales, inputs, outputs, groups }: Layer,
  whole: WholeTensors,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const out = new Float32Array(count);
  if (count === 0) return out;
  const [zeroWords, scale] = [await whole.read(zeros), await whole.read(scales)];
  const packed = outputs / 8;
  const first = Math.floor(start / outputs);
  const last = Math.floor((start + count - 1) / outputs);
  const words = await codes.read(first * packed, (last - first + 1) * packed, signal);
  for (let i = 0; i < count; i++) {
    const k = Math.floor((start + i) / outputs);
    const o = (start + i) % outputs;
    const g = Math.floor(k / (inputs / groups));
    const shift = 4 * (NIBBLE[o % 8] ?? 0);
    const word = Math.floor(o / 8);
    const q = ((words[(k - first) * packed + word] ?? 0) >>> shift) & 15;
    const z = ((zeroWords[g * packed + word] ?? 0) >>> shift) & 15;
    out[i] = (scale[g * outputs + o] ?? Number.NaN) * (q - z);
  }
  return out;
}
