import { type Attributes, type Emitter, int } from "./emitter.ts";
import { product, type Rule, range, replaced, type Site } from "./rule.ts";

/** A value that was written, with its sizes. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Writes the operations that a node is made of, and keeps their sizes, so that derivatives go through them. */
export class Composer {
  readonly dims = new Map<string, readonly number[]>();
  readonly numbers = new Map<string, readonly number[]>();

  constructor(
    private readonly site: Site,
    private readonly emit: Emitter = site.emit,
  ) {}

  /** An input of the node; null where it is left out. */
  input(index: number): Value | null {
    const name = this.site.node.inputs[index] ?? "";
    return name === "" ? null : { name, dims: this.site.dims(name) };
  }

  constant(values: readonly number[], dims: readonly number[] = []): Value {
    return this.#made(this.emit.floats(values, dims), dims);
  }

  zeros(dims: readonly number[]): Value {
    return this.#made(this.emit.zeros(dims), dims);
  }

  /** A function of each entry. */
  each(op: string, value: Value, attributes: Attributes = {}): Value {
    return this.#made(this.emit.op(op, [value.name], attributes), value.dims);
  }

  /** Entry by entry, with broadcasting. */
  with(op: "Add" | "Sub" | "Mul" | "Div" | "Pow", a: Value, b: Value): Value {
    const rank = Math.max(a.dims.length, b.dims.length);
    const dims = range(0, rank).map((axis) => {
      const [one, two] = [a, b].map((value) => value.dims[axis - rank + value.dims.length] ?? 1);
      return one === 1 ? two! : one!;
    });
    return this.#made(this.emit.op(op, [a.name, b.name]), dims);
  }

  /** Matrices of two axes, or the last two of equally many. */
  product(a: Value, b: Value): Value {
    return this.#made(this.emit.op("MatMul", [a.name, b.name]), [...a.dims.slice(0, -1), b.dims.at(-1)!]);
  }

  turned({ name, dims }: Value, perm: readonly number[]): Value {
    return this.#made(
      this.emit.transpose(name, perm),
      perm.map((axis) => dims[axis]!),
    );
  }

  shaped({ name }: Value, dims: readonly number[]): Value {
    const sizes = this.#numbers(dims);
    return this.#made(this.emit.op("Reshape", [name, sizes]), dims);
  }

  /** Entries from one place up to another along an axis. */
  part({ name, dims }: Value, axis: number, from: number, to: number): Value {
    const places = this.#numbers(range(from, to));
    return this.#made(this.emit.op("Gather", [name, places], { axis: int(axis) }), replaced(dims, axis, to - from));
  }

  joined(values: readonly Value[], axis: number): Value {
    const length = values.reduce((sum, { dims }) => sum + dims[axis]!, 0);
    const names = values.map(({ name }) => name);
    return this.#made(this.emit.op("Concat", names, { axis: int(axis) }), replaced(values[0]!.dims, axis, length));
  }

  /** Over axes, which stay as 1. */
  sum({ name, dims }: Value, axes: readonly number[]): Value {
    this.#numbers(axes);
    return this.#made(
      this.emit.sum(name, axes),
      dims.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    );
  }

  mean(value: Value, axes: readonly number[]): Value {
    const count = product(axes.map((axis) => value.dims[axis]!));
    return this.with("Mul", this.sum(value, axes), this.constant([1 / count]));
  }

  #numbers(values: readonly number[]): string {
    const name = this.emit.ints(values);
    this.numbers.set(name, values);
    this.dims.set(name, [values.length]);
    return name;
  }

  #made(name: string, dims: readonly number[]): Value {
    this.dims.set(name, dims);
    return { name, dims };
  }
}

/** An operation that is written as others, whose rules give its derivative: `compose` gives values in the place of its outputs, null where it has none. */
export function composed(compose: (write: Composer, site: Site) => readonly (Value | null)[]): Rule {
  const through = (site: Site) => {
    const start = site.emit.nodes.length;
    const write = new Composer(site);
    const outputs = compose(write, site).map((value) => value?.name ?? null);
    return site.through({ nodes: site.emit.nodes.slice(start), outputs, dims: write.dims, numbers: write.numbers });
  };
  return {
    forward: (site, tangents) => (tangents.every((one) => one === null) ? [] : through(site).forward(tangents)),
    reverse: (site, cotangents) => (cotangents.every((one) => one === null) ? [] : through(site).reverse(cotangents)),
  };
}
