import type { TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";

/**
 * A tensor with its name taken apart, and a way to look at its siblings: the tensors that differ from it only in
 * the last part of the name (`fc.weight` and `fc.bias`).
 */
export interface Subject {
  readonly tensor: TensorInfo;
  readonly framework: Checkpoint["framework"];
  /** Parts of the name between dots and slashes, without TensorFlow's decorations. */
  readonly segments: readonly string[];
  /** Last segment: `weight`, `kernel`, `bias_ih_l0`. */
  readonly leaf: string;
  /** The segment before it: mostly the module's own name. Empty at the top. */
  readonly parent: string;
  /** The tensor that has `leaf` in place of this one's, if the checkpoint has it. */
  sibling(leaf: string): TensorInfo | undefined;
  /** The tensor at `path` beside this one's module: `cousin("A_log")` of `mixer.in_proj.weight` is `mixer.A_log`. */
  cousin(path: string): TensorInfo | undefined;
}

const VARIABLE_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE";

export type Lookup = ReadonlyMap<string, TensorInfo>;

export function indexByName(tensors: readonly TensorInfo[]): Lookup {
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

export function subjectOf(tensor: TensorInfo, framework: Checkpoint["framework"], lookup: Lookup): Subject {
  const { bare, suffix } = stripDecoration(tensor.name);
  const segments = bare.split(/[./]/);
  const last = segments.at(-1) ?? "";
  // A low-rank update is read as the weight that it is added to.
  const leaf = last.replace(/^delta_/, "");
  const parent = segments.at(-2) ?? "";
  const stem = bare.slice(0, bare.length - last.length);
  const above = stem.slice(0, Math.max(0, stem.length - parent.length - 1));
  return {
    tensor,
    framework,
    segments,
    leaf,
    parent,
    sibling: (other) => lookup.get(stem + other + suffix),
    cousin: (path) => lookup.get(above + path + suffix),
  };
}

/** Keras appends `:0` to a variable, TensorFlow bundles an attribute path: neither says anything about the tensor. */
function stripDecoration(name: string): { bare: string; suffix: string } {
  if (name.endsWith(VARIABLE_SUFFIX)) return { bare: name.slice(0, -VARIABLE_SUFFIX.length), suffix: VARIABLE_SUFFIX };
  if (/:\d+$/.test(name)) {
    const colon = name.lastIndexOf(":");
    return { bare: name.slice(0, colon), suffix: name.slice(colon) };
  }
  return { bare: name, suffix: "" };
}

/** The bias that belongs to this weight: `weight`→`bias`, `in_proj_weight`→`in_proj_bias`, `W1`→`b1`. */
export function biasOf(subject: Subject): TensorInfo | undefined {
  const { leaf } = subject;
  if (leaf === "kernel" || leaf === "weight_orig" || leaf === "weight_v") return subject.sibling("bias");
  if (leaf.endsWith("weight")) return subject.sibling(`${leaf.slice(0, -"weight".length)}bias`);
  if (/^[wW](_?\d+)?$/.test(leaf)) {
    const number = leaf.slice(1);
    return subject.sibling(`b${number}`) ?? subject.sibling(`B${number}`);
  }
  return undefined;
}

export function weightOf(subject: Subject): TensorInfo | undefined {
  const { leaf } = subject;
  if (leaf.endsWith("bias")) {
    const stem = leaf.slice(0, -"bias".length);
    return subject.sibling(`${stem}weight`) ?? (stem === "" ? subject.sibling("kernel") : undefined);
  }
  return undefined;
}
