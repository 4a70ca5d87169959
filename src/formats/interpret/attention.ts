import { type FusedReading, known, unknown } from "./fused.ts";
import { type Subject, weightOf } from "./subject.ts";

/**
 * Query, key and value projections (and the halves of gated feed-forward layers) that are kept in one tensor.
 * They come apart into equal blocks only where the shape shows three outputs of the input's size; with grouped
 * queries (fewer keys than queries) the sizes stand in the configuration, not in the checkpoint.
 */
const QKV = ["q", "k", "v"] as const;
const STACKED = /^(qkv|wqkv|c_attn|qkv_proj|attn_qkv|to_qkv|w_pack|qkv_linear|in_proj_qkv|kqv)$/i;
/** Known to be reshaped to (heads, 3, size): the three stand head by head, not in three blocks. */
const INTERLEAVED = /^(query_key_value|attn_query_key_value)$/;

export function attentionParts(subject: Subject, outputAxis: number): FusedReading | undefined {
  const { leaf, parent, tensor } = subject;
  const rows = tensor.shape[outputAxis] ?? 0;
  if (leaf === "in_proj_weight" || leaf === "in_proj_bias") {
    const width = leaf === "in_proj_weight" ? tensor.shape[1] : subject.sibling("in_proj_weight")?.shape[1];
    return width === undefined || rows === 3 * width
      ? threeBlocks(rows, outputAxis, "in_proj of attention")
      : unknown("fused in_proj, split unknown");
  }
  if (leaf !== "weight" && leaf !== "bias" && leaf !== "kernel") return undefined;
  if (INTERLEAVED.test(parent)) {
    return unknown("fused query, key and value, interleaved by head: split unknown without the number of heads");
  }
  if (STACKED.test(parent)) return stackedParts(subject, rows, outputAxis);
  if (parent === "gate_up_proj" && rows % 2 === 0) return known(["gate", "up"], outputAxis, rows, "gate and up in one");
  return undefined;
}

function stackedParts(subject: Subject, rows: number, outputAxis: number): FusedReading {
  const { parent, leaf } = subject;
  const weight = leaf === "bias" ? weightOf(subject) : subject.tensor;
  const sides = weight?.shape ?? [];
  const square = sides.length === 2 && (sides[0] === 3 * (sides[1] ?? 0) || sides[1] === 3 * (sides[0] ?? 0));
  // to_qkv is cut into three equal chunks whatever the inner width; a bias without its weight has nothing to compare.
  if (rows % 3 === 0 && (square || parent === "to_qkv" || weight === undefined)) {
    const labels = parent.toLowerCase() === "kqv" ? ["k", "q", "v"] : QKV;
    return threeBlocks(rows, outputAxis, `fused ${parent}`, labels);
  }
  return unknown(`fused ${parent} with unequal or interleaved blocks, split unknown`);
}

function threeBlocks(rows: number, axis: number, what: string, labels: readonly string[] = QKV): FusedReading {
  return rows % 3 === 0
    ? known(labels, axis, rows, `${what}, blocks ${labels.join(", ")}`)
    : unknown(`${what} is not divisible by three, split unknown`);
}
