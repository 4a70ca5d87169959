import { MAX_TENSOR_ELEMENTS } from "../../../base/limits.ts";
import type { TensorUse } from "../../../base/tensor.ts";
import type { Finding, OpenContext, SkippedTensor } from "../../types.ts";
import type { AssembledTensor } from "../assembled.ts";
import { isRecord, readJson } from "../json.ts";
import type { Derivation, Recognizer, Tensors } from "./types.ts";
import { WholeTensors } from "./whole.ts";

const MAX_CONFIG_BYTES = 2 ** 20;

/** Names of the first factor (rank × inputs), and what stands there for the second (outputs × rank). */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/\.lora_A((?:\.[^.]+)?\.weight)$/, ".lora_B$1"],
  [/\.lora_embedding_A(\.[^.]+)?$/, ".lora_embedding_B$1"],
  [/\.lora_down(\.weight)$/, ".lora_up$1"],
  [/\.lora\.down(\.weight)$/, ".lora.up$1"],
  [/_lora\.down(\.weight)$/, "_lora.up$1"],
];

/** What adapter_config.json says about the scale. */
interface Settings {
  readonly alpha: number | null;
  readonly alphaPattern: ReadonlyMap<string, number>;
  readonly rankStabilized: boolean;
  readonly transposed: boolean;
}

/**
 * Low-rank adapters (Hu et al. 2022): ΔW = s·B·A, s = alpha/r, or alpha/√r where rank-stabilized (Kalajdzievski 2023). Neither factor is
 * a weight: W·(B·T)(T⁻¹·A) is the same for every invertible T, so their own spectra mean nothing; the product's do.
 */
export const lowRank: Recognizer = async (tensors, context) => {
  const pairs = pairsOf(tensors);
  if (pairs.length === 0) return null;
  const settings = await readSettings(context);
  const whole = new WholeTensors();
  const derivations: Derivation[] = [];
  const skipped: SkippedTensor[] = [];
  let guessed = 0;
  for (const { module, a, b, embedding } of pairs) {
    const rank = a.info.shape[0] ?? 0;
    const columns = rank === 0 ? 0 : a.info.elements / rank;
    const rows = b.info.shape[0] ?? 0;
    if (rank === 0 || b.info.elements !== rows * rank || rows * columns > MAX_TENSOR_ELEMENTS) {
      skipped.push({
        name: `${module}.delta_weight`,
        reason: `its factors do not fit: ${a.info.shape.join("×")} and ${b.info.shape.join("×")}`,
      });
      continue;
    }
    const alpha = await alphaOf(module, tensors, settings, whole);
    if (alpha === null) guessed++;
    const scale = alpha === null ? 1 : alpha / (settings.rankStabilized ? Math.sqrt(rank) : rank);
    const said =
      alpha === null
        ? "scale unknown, taken as 1"
        : `s = ${alpha}/${settings.rankStabilized ? `√${rank}` : rank} = ${Number(scale.toPrecision(6))}`;
    const transposed = embedding || settings.transposed;
    const shape = transposed ? [columns, rows] : [rows, ...a.info.shape.slice(1)];
    derivations.push({
      tensor: {
        info: {
          name: `${module}.delta_weight`,
          shape,
          dtype: "f64",
          elements: rows * columns,
          storedBytes: 0,
          derivedFrom: { names: [a.info.name, b.info.name], how: "product" },
          use: {
            role: embedding ? "embedding" : "weight",
            ...(embedding ? {} : { layout: transposed ? "in-out" : "out-in" }),
            evidence: `low-rank update ΔW = s·B·A, ${said}; rank at most ${rank}`,
          },
        },
        read: (start, count, signal) =>
          product({ a, b, rank, rows, columns, scale, transposed }, whole, start, count, signal),
      },
      sources: [
        { name: a.info.name, use: factor("A", module) },
        { name: b.info.name, use: factor("B", module) },
      ],
    });
  }
  return { derivations, skipped, findings: findingsOf(tensors, guessed) };
};

function factor(which: string, module: string): TensorUse {
  return {
    role: "factor",
    layout: "none",
    noMatrix: "a factor alone is no weight: the product is analysed",
    evidence: `factor ${which} of ${module}.delta_weight`,
  };
}

function pairsOf(tensors: Tensors) {
  const pairs: { module: string; a: AssembledTensor; b: AssembledTensor; embedding: boolean }[] = [];
  for (const [name, a] of tensors) {
    for (const [pattern, other] of PAIRS) {
      if (!pattern.test(name)) continue;
      const b = tensors.get(name.replace(pattern, other));
      const named = /\.lora_(?:embedding_)?A\.([^.]+)(?:\.weight)?$/.exec(name)?.[1];
      const suffix = named === undefined || named === "weight" || named === "default" ? "" : `.${named}`;
      if (b !== undefined)
        pairs.push({ module: name.replace(pattern, "") + suffix, a, b, embedding: name.includes(".lora_embedding_A") });
      break;
    }
  }
  return pairs;
}

function findingsOf(tensors: Tensors, guessed: number): Finding[] {
  const findings: Finding[] = [];
  if (guessed > 0)
    findings.push({
      kind: "warning",
      message: `The scale of ${guessed} low-rank updates is not known (no adapter_config.json beside, no alpha in the file): ΔW is shown as B·A.`,
    });
  if ([...tensors.keys()].some((name) => /\.lora_magnitude_vector/.test(name)))
    findings.push({
      kind: "warning",
      message:
        "This adapter also rescales its weights (DoRA): ΔW shows the change of direction before that; the rest needs the base model.",
    });
  return findings;
}

/** A scalar `alpha` in the file itself (kohya), else the configuration's, by module where it says so. */
async function alphaOf(
  module: string,
  tensors: Tensors,
  settings: Settings,
  whole: WholeTensors,
): Promise<number | null> {
  const own = tensors.get(`${module}.alpha`);
  if (own?.info.elements === 1) return (await whole.read(own))[0] ?? null;
  for (const [pattern, alpha] of settings.alphaPattern)
    if (module === pattern || module.endsWith(`.${pattern}`)) return alpha;
  return settings.alpha;
}

async function readSettings(context: OpenContext): Promise<Settings> {
  const config = await readJson(context, "adapter_config.json", MAX_CONFIG_BYTES).catch(() => {
    context.signal?.throwIfAborted();
    return null;
  });
  const record = isRecord(config) ? config : {};
  const pattern = isRecord(record.alpha_pattern) ? record.alpha_pattern : {};
  return {
    alpha: typeof record.lora_alpha === "number" && Number.isFinite(record.lora_alpha) ? record.lora_alpha : null,
    // Patterns may be regular expressions there; a hostile one could run for ever, so only plain endings count.
    alphaPattern: new Map(
      Object.entries(pattern).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    ),
    rankStabilized: record.use_rslora === true,
    transposed: record.fan_in_fan_out === true,
  };
}

interface Product {
  readonly a: AssembledTensor;
  readonly b: AssembledTensor;
  readonly rank: number;
  readonly rows: number;
  readonly columns: number;
  readonly scale: number;
  readonly transposed: boolean;
}

/** Elements of s·B·A (or its transpose) in float64, so that what lies beyond the rank is rounding of 1e-16, not of 1e-7. */
async function product(
  { a, b, rank, columns, rows, scale, transposed }: Product,
  whole: WholeTensors,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Float64Array<ArrayBuffer>> {
  const out = new Float64Array(count);
  if (count === 0) return out;
  const [inner, outer] = [await whole.read(a), await whole.read(b)];
  signal?.throwIfAborted();
  const width = transposed ? rows : columns;
  for (let i = 0; i < count; ) {
    const line = Math.floor((start + i) / width);
    const from = (start + i) % width;
    const length = Math.min(width - from, count - i);
    for (let k = 0; k < rank; k++) {
      // Row of B times all of A, or column of A times all of B: the innermost loop runs along the output.
      const fixed = scale * (transposed ? (inner[k * columns + line] ?? 0) : (outer[line * rank + k] ?? 0));
      if (transposed) for (let j = 0; j < length; j++) out[i + j]! += fixed * (outer[(from + j) * rank + k] ?? 0);
      else for (let j = 0; j < length; j++) out[i + j]! += fixed * (inner[k * columns + from + j] ?? 0);
    }
    i += length;
  }
  return out;
}
