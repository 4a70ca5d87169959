import type { RealArray } from "../../../base/dtype.ts";
import type { AssembledTensor } from "../assembled.ts";

/** Tensors kept whole at once: the scales, zeros and codes beside one large weight. */
const KEPT = 8;

/** Reads small tensors whole, and remembers the last few: a large weight is read in many ranges that all need them. */
export class WholeTensors {
  readonly #known = new Map<AssembledTensor, Promise<RealArray>>();

  read(tensor: AssembledTensor): Promise<RealArray> {
    const known = this.#known.get(tensor) ?? tensor.read(0, tensor.info.elements);
    this.#known.delete(tensor);
    this.#known.set(tensor, known);
    known.catch(() => this.#known.delete(tensor));
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(oldest);
    }
    return known;
  }
}
