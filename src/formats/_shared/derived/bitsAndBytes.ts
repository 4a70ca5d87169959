import type { TensorInfo, TensorUse } from "../../../base/tensor.ts";
import type { SkippedTensor } from "../../types.ts";
import type { AssembledTensor } from "../assembled.ts";
import { isRecord } from "../json.ts";
import type { Derivation, Recognizer, Tensors } from "./types.ts";
import { WholeTensors } from "./whole.ts";

/** The state is a page of JSON in a tensor of bytes. */
const MAX_STATE_BYTES = 65_536;
const STATE = /\.quant_state\.bitsandbytes__(nf4|fp4)$/;

interface Blocks {
  readonly codes: AssembledTensor;
  readonly levels: AssembledTensor;
  readonly maxima: AssembledTensor;
  readonly blockSize: number;
  readonly nested: {
    readonly levels: AssembledTensor;
    readonly maxima: AssembledTensor;
    readonly blockSize: number;
    readonly offset: number;
  } | null;
}

/**
 * bitsandbytes (Dettmers et al. 2022, 2023). Four bits: two codes in a byte, the first in the high half, each a level of `quant_map` times its
 * block's largest magnitude, which may itself be quantized (eight bits, blocks of 256, an offset). Eight bits: rows times SCB/127.
 */
export const bitsAndBytes: Recognizer = async (tensors) => {
  const whole = new WholeTensors();
  const derivations: Derivation[] = [];
  const skipped: SkippedTensor[] = [];
  for (const [name, state] of tensors) {
    const kind = STATE.exec(name)?.[1];
    if (kind !== undefined) {
      const weight = name.replace(STATE, "");
      const made = await fourBits(weight, kind, state, tensors, whole);
      if (typeof made === "string") skipped.push({ name: weight, reason: made });
      else derivations.push(made);
    }
    const rows = name.endsWith(".SCB") ? eightBits(name, state, tensors, whole) : null;
    if (rows !== null) derivations.push(rows);
  }
  return { derivations, skipped };
};

const bookkeeping = (what: string, weight: string): TensorUse => ({
  role: "buffer",
  layout: "none",
  noMatrix: "quantised: the weight it belongs to is listed",
  evidence: `${what} of ${weight} (bitsandbytes)`,
});

async function fourBits(
  weight: string,
  kind: string,
  state: AssembledTensor,
  tensors: Tensors,
  whole: WholeTensors,
): Promise<Derivation | string> {
  const part = (suffix: string) => tensors.get(weight + suffix);
  const codes = part("");
  const levels = part(".quant_map");
  const maxima = part(".absmax");
  if (codes === undefined || levels === undefined || maxima === undefined) return "its quantized parts are incomplete";
  const facts = await readState(state);
  if (facts === null) return "its quantization state is no JSON that is understood";
  const shape = listOf(facts.shape);
  const blockSize = countOf(facts.blocksize);
  const elements = shape?.reduce((a, b) => a * b, 1) ?? 0;
  if (
    shape === null ||
    blockSize === null ||
    codes.info.dtype !== "u8" ||
    codes.info.elements !== Math.ceil(elements / 2)
  )
    return "its codes do not fit the shape that its quantization state claims";
  if (maxima.info.elements !== Math.ceil(elements / blockSize) || levels.info.elements !== 16)
    return "its blocks do not fit the shape that its quantization state claims";
  const nestedLevels = part(".nested_quant_map");
  const nestedMaxima = part(".nested_absmax");
  const nestedSize = countOf(facts.nested_blocksize);
  const nested =
    nestedLevels !== undefined && nestedMaxima !== undefined && nestedSize !== null
      ? { levels: nestedLevels, maxima: nestedMaxima, blockSize: nestedSize, offset: Number(facts.nested_offset ?? 0) }
      : null;
  if (nested === null && maxima.info.dtype === "u8")
    return "its block maxima are quantized and their own state is missing";
  const blocks: Blocks = { codes, levels, maxima, blockSize, nested };
  const parts = [state, levels, maxima, ...(nested === null ? [] : [nested.levels, nested.maxima])];
  const info: TensorInfo = {
    name: weight,
    shape,
    dtype: "f32",
    elements,
    storedBytes: 0,
    derivedFrom: { names: [`${weight} (packed)`, ...parts.map((one) => one.info.name)], how: "dequantized" },
    use: {
      role: "weight",
      layout: "out-in",
      evidence: `dequantized from bitsandbytes ${kind}, blocks of ${blockSize}${nested === null ? "" : ", maxima quantized too"}`,
    },
  };
  return {
    tensor: { info, read: (start, count, signal) => dequantize(blocks, whole, start, count, signal) },
    sources: [
      { name: weight, use: bookkeeping("packed codes", weight) },
      ...parts.map((one) => ({ name: one.info.name, use: bookkeeping("quantization state", weight) })),
    ],
  };
}

async function dequantize(
  { codes, levels, maxima, blockSize, nested }: Blocks,
  whole: WholeTensors,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const out = new Float32Array(count);
  if (count === 0) return out;
  const first = Math.floor(start / 2);
  const bytes = await codes.read(first, Math.floor((start + count - 1) / 2) - first + 1, signal);
  const level = await whole.read(levels);
  const firstBlock = Math.floor(start / blockSize);
  const blocks = Math.floor((start + count - 1) / blockSize) - firstBlock + 1;
  const scale = Float64Array.from(await maxima.read(firstBlock, blocks, signal));
  if (nested !== null) {
    const [outerLevels, outerMaxima] = [await whole.read(nested.levels), await whole.read(nested.maxima)];
    for (let i = 0; i < blocks; i++)
      // In float32, step by step, as the library computes it.
      scale[i] = Math.fround(
        Math.fround(
          (outerLevels[scale[i] ?? 0] ?? Number.NaN) *
            (outerMaxima[Math.floor((firstBlock + i) / nested.blockSize)] ?? Number.NaN),
        ) + Math.fround(nested.offset),
      );
  }
  for (let i = 0; i < count; i++) {
    const byte = bytes[Math.floor((start + i) / 2) - first] ?? 0;
    const code = (start + i) % 2 === 0 ? byte >>> 4 : byte & 15;
    out[i] = (level[code] ?? Number.NaN) * (scale[Math.floor((start + i) / blockSize) - firstBlock] ?? Number.NaN);
  }
  return out;
}

function eightBits(name: string, scales: AssembledTensor, tensors: Tensors, whole: WholeTensors): Derivation | null {
  const weight = name.replace(/SCB$/, "weight");
  const codes = tensors.get(weight);
  const [rows, columns] = codes?.info.shape ?? [];
  if (codes?.info.dtype !== "i8" || rows === undefined || columns === undefined || scales.info.elements !== rows)
    return null;
  return {
    tensor: {
      info: {
        name: weight,
        shape: codes.info.shape,
        dtype: "f32",
        elements: codes.info.elements,
        storedBytes: 0,
        derivedFrom: { names: [`${weight} (packed)`, name], how: "dequantized" },
        use: { role: "weight", layout: "out-in", evidence: "dequantized from bitsandbytes int8, one scale a row" },
      },
      async read(start, count, signal) {
        const [values, scale] = [await codes.read(start, count, signal), await whole.read(scales)];
        const out = new Float32Array(count);
        for (let i = 0; i < count; i++)
          out[i] = ((values[i] ?? 0) * (scale[Math.floor((start + i) / columns)] ?? Number.NaN)) / 127;
        return out;
      },
    },
    sources: [
      { name: weight, use: bookkeeping("codes", weight) },
      { name, use: bookkeeping("row scales", weight) },
    ],
  };
}

async function readState(state: AssembledTensor): Promise<Readonly<Record<string, unknown>> | null> {
  if (state.info.dtype !== "u8" || state.info.elements > MAX_STATE_BYTES) return null;
  try {
    const bytes = Uint8Array.from(await state.read(0, state.info.elements));
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(parsed) ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function listOf(value: unknown): readonly number[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > 8) return null;
  const sizes = value.map((size: unknown) => countOf(size) ?? 0);
  return sizes.every((size) => size > 0) && Number.isSafeInteger(sizes.reduce((a, b) => a * b, 1)) ? sizes : null;
}
