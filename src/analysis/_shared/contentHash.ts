import type { RealArray } from "../../base/dtype.ts";
import { Sha256, type StreamingHash } from "../../base/sha256.ts";
import type { Checkpoint } from "../../formats/types.ts";
import { forEachChunk, type ReadContext } from "./input.ts";
import { partOfTarget, selectionOf } from "./selection.ts";

/** Hashes of open checkpoints: several analyses of one target ask for the same one, and hashing costs as much as reading. */
const known = new WeakMap<Checkpoint, Map<string, string>>();

type Hashed = Pick<ReadContext, "checkpoint" | "tensor" | "target" | "sha256">;

/** Takes the target's values in row-major order; gives SHA-256 over dtype, shape and the decoded values (little-endian), and remembers it. */
export class ValuesHasher {
  readonly #hash: StreamingHash;

  constructor(private readonly context: Hashed) {
    const { lengths } = selectionOf(context.tensor, context.target);
    const { dtype } = context.tensor;
    this.#hash = context.sha256?.() ?? new Sha256();
    this.#hash.update(new TextEncoder().encode(`${dtype} ${lengths.join("×")}\n`));
  }

  /** Typed arrays are little-endian on every host that JavaScript engines support today. */
  update(values: RealArray): void {
    this.#hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  hex(): string {
    const hex = this.#hash.hex();
    knowValuesHash(this.context, hex);
    return hex;
  }
}

/** Takes over what another thread has found out about the same version of the file. */
export function knowValuesHash({ checkpoint, target }: Pick<Hashed, "checkpoint" | "target">, hex: string): void {
  const ofCheckpoint = known.get(checkpoint) ?? new Map<string, string>();
  known.set(checkpoint, ofCheckpoint.set(keyOf(target), hex));
}

/** The hash if the values have been through a `ValuesHasher` already. */
export function knownValuesHash({ checkpoint, target }: Pick<Hashed, "checkpoint" | "target">): string | null {
  return known.get(checkpoint)?.get(keyOf(target)) ?? null;
}

/**
 * Identity of what an analysis is given: the values, and how they are read (role, axes, part, framework, the last piece of the name),
 * since a result depends on both. A copied file, or a module moved elsewhere in the model, keeps it.
 */
export async function contentHash(context: ReadContext): Promise<string> {
  const { checkpoint, tensor, target } = context;
  const values = knownValuesHash(context) ?? (await hashValues(context));
  const reading = JSON.stringify([
    checkpoint.framework,
    tensor.name.slice(Math.max(tensor.name.lastIndexOf("."), tensor.name.lastIndexOf("/")) + 1),
    tensor.shape,
    tensor.role,
    tensor.layout,
    tensor.matrix ?? null,
    tensor.parts,
    partOfTarget(tensor, target),
    target.tap,
  ]);
  return new Sha256().update(new TextEncoder().encode(`${values} ${reading}`)).hex();
}

async function hashValues(context: ReadContext): Promise<string> {
  const hasher = new ValuesHasher(context);
  await forEachChunk(context, (values) => hasher.update(values));
  return hasher.hex();
}

function keyOf(target: ReadContext["target"]): string {
  return JSON.stringify([target.tensor, target.part, target.tap]);
}
