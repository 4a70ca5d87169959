import type { LayerUse } from "../network/types.ts";
import type { FoundModel } from "../python/models.ts";
import { knownNumber } from "../python/values/quantity.ts";
import type { ModuleValue, ParameterValue } from "../python/values/types.ts";
import { figure } from "../theory/words.ts";
import type { Draft, Rule } from "./types.ts";

const KINDS = new Set(["linear", "conv", "conv-transpose", "embedding"]);

/** A walk over all modules that initializes some kinds of layer and forgets others, or draws tied weights twice. */
export const MF020: Rule = {
  id: "MF020",
  title: "Initialization that misses layers",
  severity: "warning",
  of: "source",
  looksAt: "source",
  check: ({ models, source }) =>
    models.flatMap((model) => {
      const { drafts, tied } = known.get(model) ?? lookedAt(model);
      return tied.length === 0 ? drafts : [...drafts, ...twice(tied, source.calls)];
    }),
};

/** Layers of which the first is an embedding and both have one weight. */
interface Tied {
  readonly embedding: LayerUse;
  readonly head: LayerUse;
  readonly weight: ParameterValue;
}

const known = new WeakMap<FoundModel, { readonly drafts: readonly Draft[]; readonly tied: readonly Tied[] }>();

function lookedAt(model: FoundModel) {
  const fresh = { drafts: missed(model), tied: tiedLayers(model) };
  known.set(model, fresh);
  return fresh;
}

function missed({ walks, network, weights }: FoundModel): Draft[] {
  if (network.loaded) return [];
  return walks.flatMap(({ site, visited }) => {
    const modules = [...visited].filter(
      (one): one is ModuleValue =>
        one.kind === "module" && one.framework === "torch" && KINDS.has(one.type) && weights.has(one),
    );
    const done = modules.filter((module) => weights.get(module)?.call !== null);
    if (done.length === 0) return [];
    const left = modules.filter(
      (module) => weights.get(module)?.call === null && weights.get(module)?.family !== "unknown",
    );
    const kinds = [...new Set(left.map(({ path }) => path.split(".").at(-1) ?? path))].filter(
      (kind) => !done.some(({ path }) => path.endsWith(`.${kind}`)),
    );
    const [first] = left.filter(({ path }) => kinds.includes(path.split(".").at(-1) ?? path));
    if (first === undefined) return [];
    const count = left.filter(({ path }) => kinds.includes(path.split(".").at(-1) ?? path)).length;
    const doneKinds = [...new Set(done.map(({ path }) => path.split(".").at(-1) ?? path))];
    return [
      {
        at: site,
        severity: count > 1 ? "warning" : "information",
        message: `This walk draws the weights of ${doneKinds.join(", ")} anew and leaves ${figure(count)} ${kinds.join(", ")} at PyTorch's default (${lawText(first)}).`,
        related: [{ at: first.site, message: `${network.names.get(first) ?? "It"} keeps its default.` }],
      },
    ];
  });
}

function lawText(module: ModuleValue): string {
  return module.type === "embedding"
    ? "N(0, 1)"
    : module.type === "conv-transpose"
      ? "fan of the outputs"
      : "σ_w² = 1/3";
}

function tiedLayers({ network }: FoundModel): Tied[] {
  return network.layers.flatMap((embedding) => {
    const weight = embedding.parameters.get("weight")?.parameter;
    if (embedding.module.type !== "embedding" || weight === undefined) return [];
    const head = network.layers.find(
      ({ module, parameters }) => module !== embedding.module && parameters.get("weight")?.parameter === weight,
    );
    return head === undefined ? [] : [{ embedding, head, weight }];
  });
}

/** A weight that two modules share is drawn by the rules of both; the later one wins. */
function twice(tied: readonly Tied[], calls: Parameters<Rule["check"]>[0]["source"]["calls"]): Draft[] {
  const drafts: Draft[] = [];
  for (const { embedding, head, weight } of tied) {
    const draws = calls.filter(({ parameter }) => parameter === weight);
    const variances = draws.map(({ law }) => knownNumber(law.variance));
    const [first, last] = [draws[0], draws.at(-1)];
    if (
      first === undefined ||
      last === undefined ||
      first.call === last.call ||
      variances[0] === variances.at(-1) ||
      variances.includes(null)
    )
      continue;
    drafts.push({
      at: last.call,
      message: `${embedding.name} and ${head.name} share one weight, and it is drawn twice with different laws (${first.name}, then ${last.name}): the last one wins for both.`,
      related: [{ at: first.call, message: "It was drawn here first." }],
    });
  }
  return drafts;
}
