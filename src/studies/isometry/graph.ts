import { ModeScopeError } from "../../base/errors.ts";
import { Random } from "../../numerics/random.ts";
import { growthOf } from "../_shared/graph/blockGrowth.ts";
import type { DifferentiableModel } from "../_shared/graph/differentiable.ts";
import { GraphJacobian, LinkProducts } from "../_shared/graph/graphJacobian.ts";
import { type LinkTheory, readLinkTheory } from "../_shared/graph/linkTheory.ts";
import { openModel } from "../_shared/graph/openModel.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import { measureGraphSpan } from "./graphSpan.ts";
import type { IsometryParameters } from "./parameters.ts";
import { spanTheory } from "./spanTheory.ts";
import { gramMoments } from "./spectrum.ts";
import type { BlockReading, IsometryResult, LinkReading } from "./types.ts";

/** Rows of one run, memory allowing. */
const ROWS = 8;
const LINK_PROBES = 8;
const GROWTH_PROBES = 8;

/** A model in ONNX of any architecture: Jacobians exact by derivatives in its own operations, theory for the parts that are plain dense layers. */
export async function graphIsometry(
  context: StudyContext,
  file: StudyInput,
  asked: IsometryParameters,
): Promise<IsometryResult> {
  const { cancel } = context;
  const options = { ...asked, count: asked.inputs, moment: asked.start };
  const { model, words } = await openModel(context, file, options, ROWS);
  const { blocks } = model.course;
  const { from, to } = spanOf(asked, blocks.length);
  const items = Array.from({ length: Math.min(asked.inputs, model.feeds.items) }, (_, k) => k);
  const random = new Random(asked.seed);
  const stage = stageOf(model.model.name, asked.stage);
  const names = blocks.map(({ value }) => value);
  const growth = await growthOf(model, names.slice(from, to + 1), {
    items,
    probes: GROWTH_PROBES,
    random,
    cancel,
    progress: (part) => context.progress(0.15 * part),
  });
  if (growth.some(({ q }) => !Number.isFinite(q)))
    throw new ModeScopeError("non-finite", "The model gives NaN or infinities on these inputs.", {
      remedy: "Choose inputs of the kind that it was made for.",
    });
  const readings = blocks.map(({ label, op, value }, k): BlockReading => {
    const { q, logJacobian } = growth[k - from] ?? { q: null, logJacobian: null };
    return { label, op, shape: model.shapeOf(value), q, logJacobian: k > from && k <= to ? logJacobian : null };
  });
  const claims = stage.stage === "initial";
  const theories = await context.withFile(file, ({ checkpoint, tensors }) =>
    readLinkTheory(model, names.slice(from, to + 1), growth, { checkpoint, tensors, signal: context.signal }),
  );
  const links = await measureLinks(model, names.slice(from, to + 1), items, random, context, theories, claims);
  const span = spanTheory(theories, stage);
  const result: IsometryResult = {
    name: model.model.name,
    activation: null,
    choices: [],
    stage,
    order: "the order of the model's graph",
    layers: blocks.map(({ label, op }) => `${label} · ${op}`),
    from,
    to,
    links,
    measured: null,
    theory: span.laws,
    noTheory: span.refusal,
    q: span.q,
    start: asked.start,
    inputs: words,
    graph: {
      blocks: readings,
      thinned: model.course.thinned,
      precision: model.type,
      probes: GROWTH_PROBES,
      samples: items.length,
    },
  };
  context.publish(result);
  const jacobian = new GraphJacobian(model, names[from]!, names[to]!);
  try {
    const measured = await measureGraphSpan(model, jacobian, items, asked.seed, cancel, (part) =>
      context.progress(0.4 + 0.6 * part),
    );
    return { ...result, measured };
  } finally {
    await jacobian.close();
  }
}

function spanOf({ from, to }: IsometryParameters, count: number): { readonly from: number; readonly to: number } {
  const span = { from: from ?? 0, to: to ?? count - 1 };
  if (span.from < span.to && span.to < count) return span;
  throw new ModeScopeError("bad-request", `A span goes from a value to a later one, ${count - 1} at most.`, {
    field: "to",
  });
}

async function measureLinks(
  model: DifferentiableModel,
  values: readonly string[],
  items: readonly number[],
  random: Random,
  context: StudyContext,
  theories: readonly LinkTheory[],
  claims: boolean,
): Promise<LinkReading[]> {
  const samples = items.flatMap((item) => Array.from({ length: LINK_PROBES }, () => item));
  const traces = values.slice(1).map(() => [] as { first: number; second: number }[]);
  const products = await LinkProducts.open(model, values);
  try {
    for (let at = 0; at < samples.length; at += model.rows) {
      context.cancel.throwIfCancelled();
      const some = samples.slice(at, at + model.rows);
      const vectors = values.slice(0, -1).map((value) => some.map(() => random.direction(model.widthOf(value))));
      for (const [k, images] of (await products.gram(some, vectors)).entries())
        for (const [row, image] of images.entries()) {
          const v = vectors[k]![row]!;
          let [first, second] = [0, 0];
          for (let i = 0; i < v.length; i++) {
            first += v[i]! * image[i]!;
            second += image[i]! * image[i]!;
          }
          traces[k]!.push({ first, second });
        }
      context.progress(0.15 + (0.25 * (at + some.length)) / samples.length);
    }
  } finally {
    await products.close();
  }
  return values.slice(1).map((to, k): LinkReading => {
    const [columns, rows] = [model.widthOf(values[k]!), model.widthOf(to)];
    const theory = theories[k]!;
    const chi = claims && theory.kind === "dense" ? (theory.chiOne * rows) / Math.min(rows, columns) : null;
    const spread = claims && theory.kind === "dense" ? theory.spread : null;
    return {
      tensor: model.course.blocks.find(({ value }) => value === to)!.label,
      rows,
      columns,
      ...gramMoments(traces[k]!, items.length, columns / Math.min(rows, columns)),
      predicted: chi,
      gaussianVariance: spread,
      orthogonalVariance: spread === null ? null : spread - 1,
    };
  });
}
