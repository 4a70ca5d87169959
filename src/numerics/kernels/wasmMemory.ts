import { ModeScopeError } from "../../base/errors.ts";
import { Arena, MEMORY_LIMIT, memoryRefused } from "./plain/memory.ts";

const PAGE = 65536;
const ALIGNMENT = 64;
/** What alignment may cost a scope of many small arrays. */
const SPARE = PAGE;

/** A bump arena over the memory of a compiled set, behind the kernels' own workspace. Arrays begin on cache lines and are zero. */
export class WasmMemory extends Arena {
  private next: number;

  constructor(
    private readonly memory: WebAssembly.Memory,
    workspaceEnd: number,
  ) {
    super();
    this.next = workspaceEnd;
  }

  /** The address of an array in this memory. */
  address({ buffer, byteOffset }: ArrayBufferView): number {
    if (buffer !== this.memory.buffer) {
      throw new ModeScopeError(
        "internal",
        "An operand of a compiled kernel lies outside its memory, or its scope has ended.",
      );
    }
    return byteOffset;
  }

  holds({ buffer }: ArrayBufferView): boolean {
    return buffer === this.memory.buffer;
  }

  /** An array of the kind of `like` at an address outside every scope: a kernel's workspace. */
  view(like: Float32Array | Float64Array, at: number, length: number): Float32Array | Float64Array {
    return like instanceof Float32Array
      ? new Float32Array(this.memory.buffer, at, length)
      : new Float64Array(this.memory.buffer, at, length);
  }

  protected reserve(bytes: number): void {
    const missing = this.next + bytes + SPARE - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    if (this.next + bytes + SPARE > MEMORY_LIMIT) throw memoryRefused(bytes);
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (error) {
      throw memoryRefused(bytes, error);
    }
  }

  protected mark(): number {
    return this.next;
  }

  protected release(mark: number): void {
    this.next = mark;
  }

  protected take64(length: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.take(length * 8), length).fill(0);
  }

  protected take32(length: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.take(length * 4), length).fill(0);
  }

  protected takeBytes(length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.take(length), length).fill(0);
  }

  private take(bytes: number): number {
    const at = Math.ceil(this.next / ALIGNMENT) * ALIGNMENT;
    if (at + bytes > this.memory.buffer.byteLength) {
      throw new ModeScopeError("internal", "A scope allocates so many small arrays that their alignment does not fit.");
    }
    this.next = at + bytes;
    return at;
  }
}
