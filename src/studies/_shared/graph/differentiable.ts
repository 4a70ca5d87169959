import type { CancelToken } from "../../../base/cancel.ts";
import { ModeScopeError } from "../../../base/errors.ts";
import type { InferenceSession, OpenInference } from "../../../base/inference.ts";
import { questionsOf, type RunFacts } from "../../../formats/onnx/derivative/derive.ts";
import { Emitter, type FloatType } from "../../../formats/onnx/derivative/emitter.ts";
import { inOrder } from "../../../formats/onnx/derivative/path.ts";
import { refused } from "../../../formats/onnx/derivative/rule.ts";
import { isControl } from "../../../formats/onnx/unfold/unfold.ts";
import type { GraphNode } from "../../../formats/types.ts";
import type { Feeds } from "../stimuli.ts";
import { courseOf, type GraphCourse } from "./course.ts";
import type { ModelBytes } from "./runnable.ts";
import { prefixFor, unfoldModel } from "./unfolding.ts";

/** Numbers that all values of a path may have together in one run, so that a runtime of 4 GB holds them and their derivatives. */
const MOST_NUMBERS = 5e7;

/**
 * A model whose derivatives are written in its own operations and run by its own runtime. Rows of a run are items, each as often as there are directions to be
 * looked at; shapes are those of `rows` rows.
 */
export class DifferentiableModel {
  readonly #prefix: string;

  private constructor(
    readonly model: ModelBytes,
    readonly course: GraphCourse,
    readonly feeds: Feeds,
    readonly rows: number,
    readonly facts: RunFacts,
    readonly type: FloatType,
    private readonly openInference: OpenInference,
    private readonly cancel: CancelToken,
  ) {
    this.#prefix = prefixFor(model.graph, "derivative.");
  }

  /** `feedsOf` is asked once the runtime has said what the model takes. */
  static async open(
    given: ModelBytes,
    feedsOf: (session: InferenceSession) => Promise<Feeds>,
    openInference: OpenInference,
    cancel: CancelToken,
    mostRows: number,
  ): Promise<DifferentiableModel> {
    const session = await openInference(given.bytes, given.beside);
    const { inputs } = session;
    let feeds: Feeds;
    try {
      feeds = await feedsOf(session);
    } finally {
      await session.close();
    }
    cancel.throwIfCancelled();
    const type = inputs.some((input) => input.type === "float64") ? "float64" : "float32";
    const unfold = (count: number) =>
      unfoldModel(given, {
        openInference,
        feed: feeds.pick(Array.from({ length: count }, (_, k) => k % feeds.items)),
        varying: feeds.varying,
        decidedByItems: false,
      });
    const { model: plain, decided } = await unfold(feeds.batch ?? 1);
    const model = { ...plain, graph: { ...plain.graph, nodes: inOrder(plain.graph.nodes) } };
    const course = courseOf(model.graph, inputs, feeds.varying);
    const control = course.path.find(isControl);
    if (control !== undefined)
      throw refused(
        control,
        `what the model is fed decides ${control.op === "If" ? "which branch it takes" : "its turns"}`,
      );
    cancel.throwIfCancelled();
    const made = async (rows: number) => {
      const facts = await askFacts(model, course.path, course.dependent, feeds, rows, type, openInference);
      return new DifferentiableModel(model, course, feeds, rows, facts, type, openInference, cancel);
    };
    const single = await made(feeds.batch ?? 1);
    if (feeds.batch !== null) return single;
    const rows = Math.min(mostRows, Math.floor(MOST_NUMBERS / Math.max(1, single.numbers())));
    if (rows < 2) return single;
    // Bodies that turn on how many items there are.
    if (decided.length > 0 && (await unfold(rows)).decided.join() !== decided.join()) return single;
    const more = (await made(rows)).withItemsFirst();
    // Where the first axis is not the items', one item is run at a time.
    return more !== null && (await more.itemsApart()) ? more : single;
  }

  /** Sizes of one item of a value. */
  shapeOf(value: string): readonly number[] {
    const dims = this.dims(value);
    return this.rows === 1 && dims[0] !== 1 ? dims : dims.slice(1);
  }

  /** Numbers of one item of a value. */
  widthOf(value: string): number {
    return this.shapeOf(value).reduce((product, size) => product * size, 1);
  }

  dims(value: string): readonly number[] {
    const dims = this.facts.dims.get(value);
    if (dims === undefined) throw new ModeScopeError("bad-request", `${value} is no value between the model's ends.`);
    return dims;
  }

  /** Multiplications of a run forward, for one item: layers with weights and attention. */
  multiplications(path: readonly GraphNode[]): number {
    let sum = 0;
    for (const { op, inputs, outputs } of path) {
      if (!/^(Conv|ConvTranspose|MatMul|Gemm)$/.test(op)) continue;
      const [a = [], b = [], y = []] = [inputs[0]!, inputs[1]!, outputs[0]!].map((name) => this.facts.dims.get(name));
      const size = (dims: readonly number[]) => dims.reduce((product, length) => product * length, 1);
      if (op === "Conv") sum += size(y) * size(b.slice(1));
      else if (op === "ConvTranspose") sum += size(a) * size(b.slice(1));
      else sum += size(y) * (op === "MatMul" ? (a.at(-1) ?? 1) : size(a) / Math.max(1, y[0] ?? 1));
    }
    return sum / this.rows;
  }

  emitter(): Emitter {
    return new Emitter(this.#prefix, this.model.opset, this.type);
  }

  /** A session of the model with what was written after it. */
  async session(emit: Emitter): Promise<InferenceSession> {
    this.cancel.throwIfCancelled();
    return this.openInference(emit.appended(this.model.bytes), this.model.beside);
  }

  /** One row for each of `rows` items. */
  feed(items: readonly number[]) {
    const last = items.at(-1) ?? 0;
    return this.feeds.pick(Array.from({ length: this.rows }, (_, k) => items[k] ?? last));
  }

  /** Rows of numbers as the float input of an appended graph. */
  vectors(value: string, rows: readonly Float64Array[]) {
    const dims = this.dims(value);
    const width = this.widthOf(value);
    const length = width * this.rows;
    const data = this.type === "float32" ? new Float32Array(length) : new Float64Array(length);
    for (const [k, row] of rows.entries()) data.set(row, k * width);
    return { type: this.type, dims, data };
  }

  private numbers(): number {
    const values = new Set(this.course.path.flatMap(({ outputs }) => outputs));
    let sum = 0;
    for (const name of values) sum += (this.facts.dims.get(name) ?? []).reduce((product, size) => product * size, 1);
    return sum / this.rows;
  }

  /** With the values alone whose first axis is the items': recurrent layers put positions first between two that do not. Null where an end is none. */
  private withItemsFirst(): DifferentiableModel | null {
    const { model, course, feeds, rows, facts, type, openInference, cancel } = this;
    const first = course.blocks.filter(({ value }) => this.dims(value)[0] === rows);
    if (first[0] !== course.blocks[0] || first.at(-1) !== course.blocks.at(-1)) return null;
    const shown = { ...course, blocks: first };
    return new DifferentiableModel(model, shown, feeds, rows, facts, type, openInference, cancel);
  }

  /** What one row is fed does not change another: the same item gives the same whatever stands beside it. */
  private async itemsApart(): Promise<boolean> {
    if (this.feeds.items < 2) return true;
    const emit = this.emitter();
    const last = this.course.blocks.at(-1)!.value;
    const name = emit.output("last", last);
    const session = await this.session(emit);
    try {
      const run = async (items: readonly number[]) => (await session.run(this.feed(items), [name])).get(name);
      const [alone, beside] = [await run([0]), await run([0, 1])];
      if (alone === undefined || beside === undefined) return false;
      const width = this.widthOf(last);
      let [apart, size] = [0, 0];
      for (let i = 0; i < width; i++) {
        apart = Math.max(apart, Math.abs(Number(alone.data[i]) - Number(beside.data[i])));
        size = Math.max(size, Math.abs(Number(alone.data[i])));
      }
      return apart <= 1e-4 * size;
    } finally {
      await session.close();
    }
  }
}

/** Runs the model once for shapes and whole-number arguments of everything on the path: a few numbers each, no activations. */
async function askFacts(
  model: ModelBytes,
  path: readonly GraphNode[],
  dependent: ReadonlySet<string>,
  feeds: Feeds,
  rows: number,
  type: FloatType,
  openInference: OpenInference,
): Promise<RunFacts> {
  const { shapes, values } = questionsOf(path, dependent);
  const emit = new Emitter(prefixFor(model.graph, "derivative."), model.opset, type);
  const asked = [
    ...shapes.map((name, k) => ({ name, out: emit.output(`shape.${k}`, emit.op("Shape", [name])), shape: true })),
    ...values.map((name, k) => ({ name, out: emit.output(`value.${k}`, name), shape: false })),
  ];
  const session = await openInference(emit.appended(model.bytes), model.beside);
  try {
    const items = Array.from({ length: rows }, (_, k) => k % feeds.items);
    const found = await session.run(
      feeds.pick(items),
      asked.map(({ out }) => out),
    );
    const read = (shape: boolean) =>
      new Map(
        asked.flatMap((one) => {
          const data = found.get(one.out)?.data;
          return one.shape !== shape || data === undefined ? [] : [[one.name, Array.from(data, Number)] as const];
        }),
      );
    return { dims: read(true), arguments: read(false), dependent };
  } finally {
    await session.close();
  }
}
