import type { InferenceSession } from "../../../base/inference.ts";
import { pushForward, questionsOf, type RunFacts } from "../../../formats/onnx/derivative/derive.ts";
import type { Emitter } from "../../../formats/onnx/derivative/emitter.ts";
import { pathNodes } from "../../../formats/onnx/derivative/path.ts";
import type { DifferentiableModel } from "./differentiable.ts";

/** Of one point of a curve at one value, with v = ∂h and a = ∂²h along the curve. */
export interface CurvePoint {
  readonly h: Float64Array<ArrayBuffer>;
  readonly hh: number;
  readonly vv: number;
  /** Null where second derivatives were not asked for. */
  readonly aa: number | null;
  readonly va: number | null;
}

/**
 * Runs a model on the points of a curve of inputs with first and second derivatives along it. The second is forward mode of what forward mode wrote:
 * d/dθ(J·v) = (∂J·v)·v + J·a, seeds v for the input and a for its tangent.
 */
export class CurveRun {
  private constructor(
    private readonly model: DifferentiableModel,
    private readonly session: InferenceSession,
    private readonly written: Written,
  ) {}

  static async open(model: DifferentiableModel, values: readonly string[], second: boolean): Promise<CurveRun> {
    const facts = second ? await secondFacts(model, values) : null;
    const emit = model.emitter();
    const written = write(model, emit, values, facts);
    return new CurveRun(model, await model.session(emit), written);
  }

  /** At most the model's rows; for each value its points in turn. */
  async points(
    base: readonly number[],
    at: {
      readonly points: readonly Float64Array[];
      readonly tangents: readonly Float64Array[];
      readonly bends: readonly Float64Array[];
    },
  ): Promise<CurvePoint[][]> {
    const { model, written } = this;
    const { root } = model.course;
    const feeds = {
      ...model.feed(base),
      [root]: model.vectors(root, at.points),
      [written.tangent]: model.vectors(root, at.tangents),
      ...(written.bend === null ? {} : { [written.bend]: model.vectors(root, at.bends) }),
    };
    const asked = written.values.flatMap(({ h, hh, vv, aa, va }) => [h, hh, vv, ...(aa === null ? [] : [aa, va!])]);
    const found = await this.session.run(feeds, asked);
    const number = (name: string, k: number) => Number(found.get(name)?.data[k] ?? Number.NaN);
    return written.values.map(({ value, h, hh, vv, aa, va }) => {
      const width = model.widthOf(value);
      const data = found.get(h)?.data;
      return at.points.map((_, k) => ({
        h: Float64Array.from({ length: width }, (_, i) => Number(data?.[k * width + i] ?? Number.NaN)),
        hh: number(hh, k),
        vv: number(vv, k),
        aa: aa === null ? null : number(aa, k),
        va: va === null ? null : number(va, k),
      }));
    });
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

interface Written {
  readonly tangent: string;
  readonly bend: string | null;
  readonly values: readonly {
    readonly value: string;
    readonly h: string;
    readonly hh: string;
    readonly vv: string;
    readonly aa: string | null;
    readonly va: string | null;
  }[];
}

/** The same operations whatever `facts` are, so that shapes that were asked of one writing hold for the next. */
function first(model: DifferentiableModel, emit: Emitter, values: readonly string[], second: boolean) {
  const { root } = model.course;
  const tangent = emit.input("tangent", model.dims(root));
  const bend = second ? emit.input("bend", model.dims(root)) : null;
  const seeds = new Map([[root, tangent]]);
  return { tangent, bend, tangents: pushForward(emit, model.model.graph.nodes, model.facts, seeds, values) };
}

function write(model: DifferentiableModel, emit: Emitter, values: readonly string[], facts: RunFacts | null): Written {
  const { root } = model.course;
  const { tangent, bend, tangents } = first(model, emit, values, facts !== null);
  const names = [...tangents.values()].filter((name) => name !== null);
  const bends =
    facts === null || bend === null
      ? null
      : pushForward(
          emit,
          [...model.model.graph.nodes, ...emit.nodes],
          facts,
          new Map([
            [root, tangent],
            [tangent, bend],
          ]),
          names,
        );
  const sum = (value: string, a: string, b: string) => {
    const flat = [model.rows, model.widthOf(value)];
    return emit.reshape(emit.sum(emit.mul(emit.reshape(a, flat), emit.reshape(b, flat)), [1]), [model.rows]);
  };
  return {
    tangent,
    bend,
    values: values.map((value, k) => {
      const v = tangents.get(value) ?? emit.zeros(model.dims(value));
      const a = bends === null ? null : (bends.get(v) ?? emit.zeros(model.dims(value)));
      return {
        value,
        h: emit.output(`h.${k}`, value),
        hh: emit.output(`hh.${k}`, sum(value, value, value)),
        vv: emit.output(`vv.${k}`, sum(value, v, v)),
        aa: a === null ? null : emit.output(`aa.${k}`, sum(value, a, a)),
        va: a === null ? null : emit.output(`va.${k}`, sum(value, v, a)),
      };
    }),
  };
}

/** Shapes of what forward mode wrote, asked of the runtime as those of the model were. */
async function secondFacts(model: DifferentiableModel, values: readonly string[]): Promise<RunFacts> {
  const emit = model.emitter();
  const { tangent, bend, tangents } = first(model, emit, values, true);
  const { root } = model.course;
  const names = [...tangents.values()].filter((name) => name !== null);
  const path = pathNodes([...model.model.graph.nodes, ...emit.nodes], [root, tangent], names);
  const { shapes, values: numbers } = questionsOf(path, model.facts.dependent);
  const outShapes = shapes.map((name, k) => [name, emit.output(`shape.${k}`, emit.op("Shape", [name]))] as const);
  const outNumbers = numbers.map((name, k) => [name, emit.output(`value.${k}`, name)] as const);
  const session = await model.session(emit);
  try {
    const zero = model.vectors(root, []);
    const feeds = { ...model.feed([0]), [tangent]: zero, ...(bend === null ? {} : { [bend]: zero }) };
    const found = await session.run(
      feeds,
      [...outShapes, ...outNumbers].map(([, out]) => out),
    );
    const read = (list: readonly (readonly [string, string])[]) =>
      list.map(([name, out]) => [name, Array.from(found.get(out)?.data ?? [], Number)] as const);
    return {
      dims: new Map([...model.facts.dims, ...read(outShapes)]),
      arguments: new Map([...model.facts.arguments, ...read(outNumbers)]),
      dependent: model.facts.dependent,
    };
  } finally {
    await session.close();
  }
}
