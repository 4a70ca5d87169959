import type { OpenContext } from "../../types.ts";
import type { AssembledTensor } from "../assembled.ts";
import { isRecord, readJson } from "../json.ts";
import { dequantized } from "./dequantized.ts";
import { fieldOf } from "./packedInts.ts";
import type { Derivation, Recognizer } from "./types.ts";
import { WholeTensors } from "./whole.ts";

const MAX_CONFIG_BYTES = 4 * 2 ** 20;
const BITS = [2, 3, 4, 8];

interface Layer {
  readonly codes: AssembledTensor;
  readonly zeros: AssembledTensor;
  readonly scales: AssembledTensor;
  readonly order: AssembledTensor | undefined;
  readonly bits: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  /** The first layout stores zero points one too low; `gptq_v2` stores them as they are. */
  readonly zeroOffset: number;
}

/**
 * GPTQ (Frantar et al. 2023) as AutoGPTQ and GPTQModel keep it: codes packed along the inputs, w[k, o] = s[g, o]·(q[k, o] − z[g, o] − 1),
 * group g of input k by `g_idx`, or k divided by the group's size.
 */
export const gptq: Recognizer = async (tensors, context) => {
  const derivations: Derivation[] = [];
  const whole = new WholeTensors();
  let zeroOffset: number | null = null;
  for (const [name, codes] of tensors) {
    if (!name.endsWith(".qweight")) continue;
    const module = name.slice(0, -".qweight".length);
    const zeros = tensors.get(`${module}.qzeros`);
    const scales = tensors.get(`${module}.scales`);
    const order = tensors.get(`${module}.g_idx`);
    const shape = codes.info.shape;
    const [groups, outputs] = scales?.info.shape ?? [];
    if (zeros === undefined || scales === undefined || groups === undefined || outputs === undefined) continue;
    if (shape.length !== 2 || shape[1] !== outputs || zeros.info.shape[0] !== groups || groups === 0 || outputs === 0)
      continue;
    const bits = ((zeros.info.shape[1] ?? 0) * 32) / outputs;
    const inputs = ((shape[0] ?? 0) * 32) / bits;
    if (!BITS.includes(bits) || !Number.isSafeInteger(inputs) || inputs % groups !== 0) continue;
    if (order !== undefined && order.info.elements !== inputs) continue;
    zeroOffset ??= (await isSecondLayout(context)) ? 0 : 1;
    const layer: Layer = { codes, zeros, scales, order, bits, inputs, outputs, groups, zeroOffset };
    derivations.push(
      dequantized(
        { name: `${module}.weight`, inputs, outputs, scheme: "GPTQ", how: `${bits} bits, ${groups} groups` },
        [
          { tensor: codes, what: "packed codes" },
          { tensor: zeros, what: "zero points" },
          { tensor: scales, what: "scales" },
          ...(order === undefined ? [] : [{ tensor: order, what: "groups of the inputs" }]),
        ],
        (start, count, signal) => dequantize(layer, whole, start, count, signal),
      ),
    );
  }
  return { derivations };
};

async function dequantize(
  { codes, zeros, scales, order, bits, inputs, outputs, groups, zeroOffset }: Layer,
  whole: WholeTensors,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const out = new Float32Array(count);
  if (count === 0) return out;
  const [zeroWords, scale, group] = [
    await whole.read(zeros),
    await whole.read(scales),
    order === undefined ? null : await whole.read(order),
  ];
  const first = Math.floor(start / outputs);
  const last = Math.floor((start + count - 1) / outputs);
  const firstWord = Math.floor((first * bits) / 32);
  const lastWord = Math.floor((last * bits + bits - 1) / 32);
  const words = await codes.read(firstWord * outputs, (lastWord - firstWord + 1) * outputs, signal);
  const zeroWidth = zeros.info.shape[1] ?? 0;
  for (let i = 0; i < count; i++) {
    const k = Math.floor((start + i) / outputs);
    const o = (start + i) % outputs;
    const g = group === null ? Math.floor(k / (inputs / groups)) : (group[k] ?? 0);
    const q = fieldOf(words, o - firstWord * outputs, outputs, k, bits);
    const z = fieldOf(zeroWords, g * zeroWidth, 1, o, bits) + zeroOffset;
    out[i] = (scale[g * outputs + o] ?? Number.NaN) * (q - z);
  }
  return out;
}

/** `quantize_config.json`, or `quantization_config` of the model's configuration, says which layout the zero points have. */
async function isSecondLayout(context: OpenContext): Promise<boolean> {
  for (const name of ["quantize_config.json", "config.json"]) {
    const file = await readJson(context, name, MAX_CONFIG_BYTES).catch(() => {
      context.signal?.throwIfAborted();
      return null;
    });
    const config = isRecord(file) && isRecord(file.quantization_config) ? file.quantization_config : file;
    if (isRecord(config) && config.checkpoint_format !== undefined) return config.checkpoint_format === "gptq_v2";
  }
  return false;
}
