import type { InferenceSession } from "../../../base/inference.ts";
import { pullBack, pushForward } from "../../../formats/onnx/derivative/derive.ts";
import type { Emitter } from "../../../formats/onnx/derivative/emitter.ts";
import type { DifferentiableModel } from "./differentiable.ts";

type Product = "forward" | "reverse" | "gram";

/** The Jacobian between two values of a model at given items, never formed: what it, its transpose and JᵀJ do to vectors, exactly, in the model's own precision. */
export class GraphJacobian {
  readonly #sessions = new Map<
    Product,
    { readonly session: InferenceSession; readonly seed: string; readonly out: string }
  >();

  constructor(
    private readonly model: DifferentiableModel,
    readonly from: string,
    readonly to: string,
  ) {}

  get columns(): number {
    return this.model.widthOf(this.from);
  }

  get rows(): number {
    return this.model.widthOf(this.to);
  }

  /** J·v for each item and its vector. */
  apply(items: readonly number[], vectors: readonly Float64Array[]): Promise<Float64Array<ArrayBuffer>[]> {
    return this.#product("forward", items, vectors);
  }

  /** Jᵀ·u. */
  applyTransposed(items: readonly number[], vectors: readonly Float64Array[]): Promise<Float64Array<ArrayBuffer>[]> {
    return this.#product("reverse", items, vectors);
  }

  /** Jᵀ·J·v, in one run. */
  gram(items: readonly number[], vectors: readonly Float64Array[]): Promise<Float64Array<ArrayBuffer>[]> {
    return this.#product("gram", items, vectors);
  }

  async close(): Promise<void> {
    for (const { session } of this.#sessions.values()) await session.close();
    this.#sessions.clear();
  }

  async #product(kind: Product, items: readonly number[], vectors: readonly Float64Array[]) {
    const { session, seed, out } = this.#sessions.get(kind) ?? (await this.#open(kind));
    const { model } = this;
    const [given, taken] =
      kind === "reverse" ? [this.to, this.from] : [this.from, kind === "gram" ? this.from : this.to];
    const width = model.widthOf(taken);
    const found: Float64Array<ArrayBuffer>[] = [];
    for (let at = 0; at < items.length; at += model.rows) {
      const some = items.slice(at, at + model.rows);
      const feeds = { ...model.feed(some), [seed]: model.vectors(given, vectors.slice(at, at + model.rows)) };
      const data = (await session.run(feeds, [out])).get(out)?.data;
      for (const k of some.keys())
        found.push(Float64Array.from({ length: width }, (_, i) => Number(data?.[k * width + i] ?? Number.NaN)));
    }
    return found;
  }

  async #open(kind: Product) {
    const emit = this.model.emitter();
    const { from, to } = this;
    const seed = emit.input("seed", this.model.dims(kind === "reverse" ? to : from));
    const value = written(this.model, emit, kind, from, to, seed);
    const out = emit.output("product", value ?? emit.zeros(this.model.dims(kind === "forward" ? to : from)));
    const made = { session: await this.model.session(emit), seed, out };
    this.#sessions.set(kind, made);
    return made;
  }
}

function written(
  { model, facts }: DifferentiableModel,
  emit: Emitter,
  kind: Product,
  from: string,
  to: string,
  seed: string,
): string | null {
  const { nodes } = model.graph;
  if (kind === "reverse") return pullBack(emit, nodes, facts, from, to, seed);
  const pushed = pushForward(emit, nodes, facts, new Map([[from, seed]]), [to]).get(to) ?? null;
  return kind === "forward" || pushed === null ? pushed : pullBack(emit, nodes, facts, from, to, pushed);
}

/** J between neighbouring values of a list, each with directions of its own: JᵀJ·v of all links in one run. */
export class LinkProducts {
  private constructor(
    private readonly model: DifferentiableModel,
    private readonly session: InferenceSession,
    private readonly links: readonly { readonly from: string; readonly seed: string; readonly out: string }[],
  ) {}

  static async open(model: DifferentiableModel, values: readonly string[]): Promise<LinkProducts> {
    const emit = model.emitter();
    const links = values.slice(1).map((to, k) => {
      const from = values[k]!;
      const seed = emit.input(`seed.${k}`, model.dims(from));
      const value = written(model, emit, "gram", from, to, seed) ?? emit.zeros(model.dims(from));
      return { from, seed, out: emit.output(`product.${k}`, value) };
    });
    return new LinkProducts(model, await model.session(emit), links);
  }

  /** For each link the products of its vectors, one an item; no more than the model's rows. */
  async gram(items: readonly number[], vectors: readonly (readonly Float64Array[])[]) {
    const { model, links } = this;
    const seeds = links.map(({ from, seed }, k) => [seed, model.vectors(from, vectors[k]!)] as const);
    const found = await this.session.run(
      { ...model.feed(items), ...Object.fromEntries(seeds) },
      links.map(({ out }) => out),
    );
    return links.map(({ from, out }) => {
      const data = found.get(out)?.data;
      const width = model.widthOf(from);
      return items.map((_, k) =>
        Float64Array.from({ length: width }, (_, i) => Number(data?.[k * width + i] ?? Number.NaN)),
      );
    });
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
