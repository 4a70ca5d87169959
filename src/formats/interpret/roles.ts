import { DTYPES } from "../../base/dtype.ts";
import type { TensorRole } from "../../base/tensor.ts";
import { biasOf, type Subject, weightOf } from "./subject.ts";

export interface RoleReading {
  readonly role: TensorRole;
  readonly evidence: string;
}

type RoleRule = (subject: Subject) => RoleReading | undefined;

/** The role of a tensor from its own name, shape and siblings; the first rule that knows wins. */
export function readRole(subject: Subject): RoleReading {
  for (const rule of RULES) {
    const reading = rule(subject);
    if (reading !== undefined) return reading;
  }
  return { role: "other", evidence: "neither name nor shape tells its use" };
}

/** What the file itself says about the tensor's use needs no guess from its name. */
const used: RoleRule = ({ tensor: { use } }) =>
  use?.role === undefined || use.role === "ema" ? undefined : { role: use.role, evidence: use.evidence };

const BUFFER_LEAF =
  /^(running_(mean|var)|moving_(mean|variance|var)|num_batches_tracked|position_ids|token_type_ids|inv_freq|relative_position_index|relative_coords_table|attn_mask|causal_mask|masked_bias|mask|freqs(_cis)?|(cos|sin)_cached|weight_u|g_idx|qzeros|scales|zero_points?|SCB|weight_(scale|scale_inv|zero_point)|(input|activation)_scale|n_averaged)$/;

const buffer: RoleRule = ({ leaf, segments, tensor, sibling }) => {
  if (BUFFER_LEAF.test(leaf)) return { role: "buffer", evidence: `named ${leaf}` };
  if (/_buffer$/.test(leaf)) return { role: "buffer", evidence: `named ${leaf}` };
  if (segments.includes("batch_stats")) return { role: "buffer", evidence: "under batch_stats: running statistics" };
  if (/rng(_|$)/.test(leaf)) return { role: "other", evidence: "state of a random generator" };
  if (leaf === "weight_v" && sibling("weight_orig") !== undefined) {
    return { role: "buffer", evidence: "power-iteration vector of a spectral normalisation" };
  }
  const [batch, head, rows, columns] = tensor.shape;
  if (leaf === "bias" && tensor.shape.length === 4 && batch === 1 && head === 1 && rows === columns) {
    return { role: "buffer", evidence: "1×1×n×n under the name bias: a causal mask" };
  }
  const quantised = /(^|_)q?(weight|kernel)$/.test(leaf);
  if (DTYPES[tensor.dtype].kind !== "float" && DTYPES[tensor.dtype].kind !== "complex" && !quantised) {
    return { role: "buffer", evidence: `${tensor.dtype} values are not trained` };
  }
  return undefined;
};

const scalar: RoleRule = ({ tensor }) =>
  tensor.shape.length === 0 ? { role: "scalar", evidence: "a single number" } : undefined;

const NORM_MODULE = /norm|^(ln|bn|gn|rms)(\d|_|$)/i;

const norm: RoleRule = (subject) => {
  const { leaf, parent, tensor } = subject;
  const isVector = tensor.shape.length <= 1;
  if (/^(gamma|beta)$/.test(leaf)) return { role: "norm", evidence: `named ${leaf}` };
  if (leaf === "scale" && isVector) return { role: "norm", evidence: "a vector named scale" };
  if (leaf !== "weight" && leaf !== "bias") {
    return isVector && /norm(_weight|_bias|_scale)?$|^ln_\w+/i.test(leaf)
      ? { role: "norm", evidence: `named ${leaf}` }
      : undefined;
  }
  const weight = leaf === "weight" ? tensor : subject.sibling("weight");
  // A linear layer inside a normalisation (conditional norms) has a matrix as its weight and a vector as its bias.
  const bias = leaf === "bias" ? tensor : subject.sibling("bias");
  const linear = (weight?.shape.length ?? 1) >= 2 && bias?.shape.length === 1;
  if (NORM_MODULE.test(parent) && !linear) return { role: "norm", evidence: `in ${parent}` };
  if (isVector && subject.sibling("running_mean") !== undefined) {
    return { role: "norm", evidence: "a vector beside running_mean" };
  }
  if (weight !== undefined && weight.shape.length === 1) {
    return { role: "norm", evidence: "a weight that is a vector scales each channel" };
  }
  return undefined;
};

const POSITION =
  /^(wpe|wp|(abs(olute)?_)?pos(ition(al|s)?)?_?(embed|emb|encod|enc)\w*|embed_positions|embed_pos\w*|position_embeddings?|rel_pos_[hw]|pos_table)$/i;
const RELATIVE = /relative_(position|attention)_bias(_table)?$/;
const TABLE_LEAF = /^(weight|embeddings?|pe)$/;

const position: RoleRule = ({ leaf, parent }) => {
  if (POSITION.test(leaf) || RELATIVE.test(leaf)) return { role: "position", evidence: `named ${leaf}` };
  if (TABLE_LEAF.test(leaf) && (POSITION.test(parent) || RELATIVE.test(parent))) {
    return { role: "position", evidence: `in ${parent}` };
  }
  return leaf === "pe" ? { role: "position", evidence: "named pe" } : undefined;
};

const EMBEDDING =
  /^(wte|tok|shared|embedder|(\w+_)?emb(ed(ding)?s?)?|(\w+_)?embeddings?(_\d+)?|embed_(tokens?|in)|tok_embeddings|input_embedding)$/i;
const TOKEN = /^(cls|class|mask|dist|reg|register|query)_?(token|tokens|embedding|embed)s?$/;

const embedding: RoleRule = (subject) => {
  const { leaf, parent, tensor } = subject;
  if (TOKEN.test(leaf)) return { role: "embedding", evidence: `a learned token, ${leaf}` };
  if (tensor.shape.length !== 2) return undefined;
  if (/^embeddings?$/.test(leaf)) return { role: "embedding", evidence: `named ${leaf}` };
  if (EMBEDDING.test(leaf)) return { role: "embedding", evidence: `named ${leaf}` };
  // An embedding table has no bias; a linear layer that is called "embed" mostly has.
  return leaf === "weight" && EMBEDDING.test(parent) && biasOf(subject) === undefined
    ? { role: "embedding", evidence: `in ${parent}` }
    : undefined;
};

const bias: RoleRule = (subject) => {
  const { leaf, tensor } = subject;
  if (/bias(_[ih]h(_l\d+(_reverse)?)?)?$/.test(leaf)) {
    return { role: "bias", evidence: weightOf(subject) === undefined ? `named ${leaf}` : "beside its weight" };
  }
  return /^[bB](_?\d+)?$/.test(leaf) && tensor.shape.length === 1
    ? { role: "bias", evidence: `a vector named ${leaf}` }
    : undefined;
};

const WEIGHT_LEAF =
  /(weight|kernel)(_(orig|v|g|[ih]h(_l\d+(_reverse)?)?|hr(_l\d+(_reverse)?)?))?$|^[wW](_?[\w]{0,3})?$|_proj$|_projection$|^proj$|^lora_[AB]$|^original[01]?$/;

const weight: RoleRule = ({ leaf, tensor, framework }) => {
  if (WEIGHT_LEAF.test(leaf)) return { role: "weight", evidence: `named ${leaf}` };
  const trained =
    framework === "pytorch" || framework === "keras" || framework === "flax" || framework === "tensorflow";
  return trained && tensor.shape.length >= 2
    ? { role: "weight", evidence: "a trained array of two or more axes" }
    : undefined;
};

const RULES: readonly RoleRule[] = [used, buffer, scalar, norm, position, embedding, bias, weight];
