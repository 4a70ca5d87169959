import { ModeScopeError } from "../../../base/errors.ts";
import type { GraphNode } from "../../types.ts";
import type { Emitter } from "./emitter.ts";

/** One node whose derivative is written, with what one run told of its values. */
export interface Site {
  readonly node: GraphNode;
  readonly emit: Emitter;
  dims(value: string): readonly number[];
  /** Numbers of a whole-number input (axes, indices, sizes); null where it is left out. Refused where the model's own input decides them. */
  argument(index: number): readonly number[] | null;
  /** Whether what the model is fed decides an input, beyond its shape. */
  fed(index: number): boolean;
  /** Whether a cotangent of this input is needed. */
  wanted(index: number): boolean;
  /** Derivatives through operations that stand for this node, whose sizes and whole numbers are known. */
  through(parts: Parts): Through;
}

/** Operations that a node is made of, from its inputs to values in the place of its outputs. */
export interface Parts {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly (string | null)[];
  readonly dims: ReadonlyMap<string, readonly number[]>;
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}

export interface Through {
  forward(tangents: readonly (string | null)[]): readonly (string | null)[];
  reverse(cotangents: readonly (string | null)[]): readonly (string | null)[];
}

/** The linear map that a node is at one point: forward and its adjoint. Names of values; null is 0. */
export interface Rule {
  /** Tangents of the inputs to those of the outputs. */
  forward(site: Site, tangents: readonly (string | null)[]): readonly (string | null)[];
  /** Cotangents of the outputs to those of the inputs that are wanted. */
  reverse(site: Site, cotangents: readonly (string | null)[]): readonly (string | null)[];
}

export function labelOf({ name, op }: GraphNode): string {
  return name === "" ? `node ${op}` : `node ${name} (${op})`;
}

export function refused(node: GraphNode, why: string): ModeScopeError {
  return new ModeScopeError("unsupported", `No derivative goes through ${labelOf(node)}: ${why}.`, {
    format: "onnx",
    field: node.op,
    remedy: "Choose values that do not have it between them.",
  });
}

export function numberOf({ attributes }: GraphNode, name: string, fallback: number): number {
  const value = attributes[name];
  return typeof value === "number" ? value : fallback;
}

export function textOf({ attributes }: GraphNode, name: string, fallback: string): string {
  const value = attributes[name];
  return typeof value === "string" ? value : fallback;
}

/** A list of whole numbers; null where it is left out. */
export function intsOf(node: GraphNode, name: string): readonly number[] | null {
  const value = node.attributes[name];
  if (value === undefined) return null;
  if (!Array.isArray(value) || !value.every((one): one is number => typeof one === "number"))
    throw refused(node, `its ${name} are no list of numbers that is read`);
  return value;
}

export const product = (dims: readonly number[]) => dims.reduce((whole, length) => whole * length, 1);
export const sameDims = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);
export const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
export const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

export const replaced = (dims: readonly number[], axis: number, length: number) =>
  dims.map((old, at) => (at === axis ? length : old));

/** What broadcasting `to` up to `from` repeats, summed up again. */
export function reducedTo(emit: Emitter, value: string, from: readonly number[], to: readonly number[]): string {
  if (sameDims(from, to)) return value;
  const more = from.length - to.length;
  const axes = from.flatMap((length, axis) => (axis < more || (to[axis - more] === 1 && length !== 1) ? [axis] : []));
  return emit.reshape(axes.length === 0 ? value : emit.sum(value, axes), to);
}

/** The sum of what is there; null where nothing is. */
export function total(emit: Emitter, terms: readonly (string | null)[]): string | null {
  return terms.reduce((sum, term) => (sum === null ? term : term === null ? sum : emit.add(sum, term)), null);
}
