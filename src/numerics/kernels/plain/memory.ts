import { LimitError, ModeScopeError } from "../../../base/errors.ts";
import type { KernelMemory } from "../types.ts";

/** What 32-bit addresses reach. */
export const MEMORY_LIMIT = 2 ** 32;

const GIB = 2 ** 30;

/** Says what could not be had and what to do instead. */
export function memoryRefused(bytes: number, cause?: unknown): LimitError {
  const error = new LimitError(`This computation needs ${(bytes / GIB).toFixed(2)} GiB of working memory at once.`, {
    remedy: "Ask for the leading values instead of all of them, use fewer workers, or close other programs.",
  });
  if (cause !== undefined) error.cause = cause;
  return error;
}

/**
 * The accounts of a bump arena: who may still allocate how much. A kernel set adds where the bytes come from.
 * Strict in every set alike, so that a driver which states too little fails under the plain twin too.
 */
export abstract class Arena implements KernelMemory {
  private free = 0;
  private depth = 0;

  /** Makes `bytes` available to the outermost scope; throws a LimitError if they cannot be had. */
  protected abstract reserve(bytes: number): void;
  /** A mark to release to; called as each scope begins. */
  protected abstract mark(): number;
  protected abstract release(mark: number): void;
  protected abstract take64(length: number): Float64Array;
  protected abstract take32(length: number): Float32Array;
  protected abstract takeBytes(length: number): Uint8Array;

  scope<Result>(bytes: number, body: () => Result): Result {
    if (this.depth === 0) {
      if (!(bytes <= MEMORY_LIMIT)) throw memoryRefused(bytes);
      this.reserve(bytes);
      this.free = bytes;
    } else if (bytes > this.free) {
      throw new ModeScopeError("internal", `A nested scope wants ${bytes} bytes, the outer one has ${this.free} left.`);
    }
    const mark = this.mark();
    const outside = this.free;
    this.free = bytes;
    this.depth++;
    try {
      return body();
    } finally {
      this.depth--;
      this.free = this.depth === 0 ? 0 : outside;
      this.release(mark);
    }
  }

  float64(length: number): Float64Array {
    this.charge(length * 8);
    return this.take64(length);
  }

  float32(length: number): Float32Array {
    this.charge(length * 4);
    return this.take32(length);
  }

  bytes(length: number): Uint8Array {
    this.charge(length);
    return this.takeBytes(length);
  }

  private charge(bytes: number): void {
    if (bytes > this.free) {
      throw new ModeScopeError("internal", `A scope with ${this.free} bytes left was asked for ${bytes}.`);
    }
    this.free -= bytes;
  }
}

/** Ordinary arrays; the garbage collector releases them. */
export class PlainMemory extends Arena {
  protected reserve(): void {}
  protected mark(): number {
    return 0;
  }
  protected release(): void {}

  protected take64(length: number): Float64Array {
    return allocate(length * 8, () => new Float64Array(length));
  }

  protected take32(length: number): Float32Array {
    return allocate(length * 4, () => new Float32Array(length));
  }

  protected takeBytes(length: number): Uint8Array {
    return allocate(length, () => new Uint8Array(length));
  }
}

function allocate<Values>(bytes: number, make: () => Values): Values {
  try {
    return make();
  } catch (error) {
    throw memoryRefused(bytes, error);
  }
}
