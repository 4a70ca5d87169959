import type { LayerUse } from "../network/types.ts";
import type { FoundModel } from "../python/models.ts";
import { knownNumber } from "../python/values/quantity.ts";
import type { ModuleValue, ParameterValue } from "../python/values/types.ts";
import { figure } from "../theory/words.ts";
import type { Draft, Rule } from "./types.ts";

const KINDS = new Set(["linear", "conv", "conv-transpose", "embedding", "attention"]);

/** A walk over all modules that initializes some kinds of layer and forgets others, draws tied weights twice, or writes into weights that are computed anew. */
export const MF020: Rule = {
  id: "MF020",
  title: "Initialization that misses layers",
  severity: "warning",
  of: "source",
  looksAt: "source",
  check: ({ models, source }) => {
    let draws: ReturnType<typeof drawsOf> | null = null;
    return [
      ...models.flatMap((model) => {
        const { drafts, tied } = known.get(model) ?? lookedAt(model);
        if (tied.length === 0) return drafts;
        draws ??= drawsOf(source.calls);
        return [...drafts, ...twice(tied, draws)];
      }),
      ...overwritten(source.calls),
    ];
  },
};

/** Written into a weight that is computed anew at every call. */
function overwritten(calls: Calls): Draft[] {
  return calls.flatMap(({ call, name, lost }) =>
    lost === undefined
      ? []
      : [
          {
            at: call,
            message:
              lost === "weight-norm"
                ? `${name} is lost: weight_norm computes this weight from its length and its direction at every call. Draw it before it is wrapped.`
                : `${name} is lost: spectral_norm computes this weight from its original at every call. Draw it before it is wrapped.`,
          },
        ],
  );
}

type Calls = Parameters<Rule["check"]>[0]["source"]["calls"];

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

function missed({ walks, network, weights, biases }: FoundModel): Draft[] {
  if (network.loaded) return [];
  return walks.flatMap(({ site, visited }) => {
    const modules = [...visited].filter(
      (one): one is ModuleValue =>
        one.kind === "module" && one.framework === "torch" && KINDS.has(one.type) && weights.has(one),
    );
    const drawn = skipped(modules, weights);
    // Of layers whose weights it draws: the others are missed as a whole. A walk that draws no biases at all may mean to.
    const own = modules.filter((module) => weights.get(module)?.call !== null && biases.has(module));
    const bias = skipped(own, biases);
    const texts = [
      ...(drawn === null
        ? []
        : [
            `draws the weights of ${kindsOf(drawn.done).join(", ")} anew and leaves ${figure(drawn.left.length)} ${kindsOf(drawn.left).join(", ")} at PyTorch's default (${lawText(drawn.first)})`,
          ]),
      ...(bias === null
        ? []
        : [
            `sets the biases of ${kindsOf(bias.done).join(", ")} and leaves those of ${figure(bias.left.length)} ${kindsOf(bias.left).join(", ")}, whose weights it draws, at PyTorch's default (U(±1/√fan_in), σ_b² = 1/(3·fan_in))`,
          ]),
    ];
    const firsts = [drawn, bias].flatMap((one) => (one === null ? [] : [one.first]));
    if (firsts.length === 0) return [];
    return [
      {
        at: site,
        severity: drawn !== null && drawn.left.length > 1 ? "warning" : "information",
        message: `This walk ${texts.join("; it ")}.`,
        related: firsts.map((module) => ({
          at: module.site,
          message: `${network.names.get(module) ?? "It"} keeps its default.`,
        })),
      },
    ];
  });
}

/** Modules whose law was asked for, and those of other kinds whose law is still the default; null where it misses none. */
function skipped(modules: readonly ModuleValue[], laws: FoundModel["weights"]) {
  const done = modules.filter((module) => laws.get(module)?.call !== null);
  if (done.length === 0) return null;
  const kinds = new Set(kindsOf(done));
  const left = modules.filter(
    (module) => laws.get(module)?.call === null && laws.get(module)?.family !== "unknown" && !kinds.has(kindOf(module)),
  );
  const [first] = left;
  return first === undefined ? null : { done, left, first };
}

function kindOf({ path }: ModuleValue): string {
  return path.split(".").at(-1) ?? path;
}

function kindsOf(modules: readonly ModuleValue[]): string[] {
  return [...new Set(modules.map(kindOf))];
}

function lawText({ type }: ModuleValue): string {
  switch (type) {
    case "embedding":
      return "N(0, 1)";
    case "conv-transpose":
      return "fan of the outputs";
    case "attention":
      return "σ_w² = 1/2 of query, key and value: xavier_uniform_ of the fused (3E, E)";
    default:
      return "σ_w² = 1/3";
  }
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

/** Calls by what they draw. */
function drawsOf(calls: Calls): ReadonlyMap<ParameterValue, Calls> {
  const draws = new Map<ParameterValue, Calls[number][]>();
  for (const call of calls) {
    if (call.parameter === null) continue;
    const own = draws.get(call.parameter);
    if (own === undefined) draws.set(call.parameter, [call]);
    else own.push(call);
  }
  return draws;
}

/** A weight that two modules share is drawn by the rules of both; the later one wins. */
function twice(tied: readonly Tied[], drawn: ReadonlyMap<ParameterValue, Calls>): Draft[] {
  const drafts: Draft[] = [];
  for (const { embedding, head, weight } of tied) {
    const draws = drawn.get(weight) ?? [];
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
