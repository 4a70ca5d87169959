import { modulesBelow } from "../python/interpret/parts.ts";
import type { Place } from "../python/syntax/types.ts";
import { exactly, knownNumber, over, type Quantity, raised, symbol, times } from "../python/values/quantity.ts";
import type {
  Fans,
  Framework,
  GraphNode,
  Law,
  ModuleValue,
  ObjectValue,
  ParameterValue,
} from "../python/values/types.ts";
import { after, before, consumersOf, isSkip, nodesBehind, originsOf } from "./neighbours.ts";
import type { ChainLink, LayerUse, NetworkModel } from "./types.ts";

export interface ModelSource {
  readonly name: string;
  readonly kind: NetworkModel["kind"];
  readonly site: Place;
  readonly root: ModuleValue | ObjectValue | null;
  readonly outputs: readonly GraphNode[];
}

/** Reads a network off the signals that came out of it. Laws are those of this moment: later branches may undo them. */
export function networkOf({ name, kind, site, root, outputs }: ModelSource): NetworkModel {
  const nodes = nodesBehind(outputs);
  const consumers = consumersOf(nodes);
  const names = root === null ? new Map<ModuleValue | ObjectValue, string>() : modulesBelow(root);
  const layers = nodes.flatMap((node) =>
    node.operation.kind === "layer" ? [layerUse(node, node.operation.module, names, consumers)] : [],
  );
  const uses = new Map(layers.map((use) => [use.node, use]));
  const additions = nodes.filter(({ operation }) => operation.kind === "add");
  const origins = originsOf(nodes);
  const skips = additions.filter((node) => isSkip(node, origins)).length;
  const unknowns = nodes.flatMap(({ operation }) =>
    operation.kind === "unknown"
      ? [operation.what]
      : operation.kind === "activation" && operation.name === "unknown"
        ? ["an activation"]
        : [],
  );
  return {
    name,
    kind,
    site,
    root,
    framework: layers[0]?.module.framework ?? frameworkOf(root),
    nodes,
    consumers,
    uses,
    outputs,
    layers,
    names,
    norms: nodes.filter(({ operation }) => operation.kind === "norm").length,
    skips,
    unknowns: [...new Set(unknowns)],
    chain: chainOf(outputs, uses),
    loaded: root?.kind === "object" && root.state === "loaded",
  };
}

function frameworkOf(root: ModuleValue | ObjectValue | null): Framework {
  return root?.kind === "module" ? root.framework : "torch";
}

function layerUse(
  node: GraphNode,
  module: ModuleValue,
  names: ReadonlyMap<ModuleValue | ObjectValue, string>,
  consumers: ReadonlyMap<GraphNode, readonly GraphNode[]>,
): LayerUse {
  // What is not known has a name of its own: ratios and products with it may still be told.
  const inputs = module.inputs ?? node.inputs[0]?.features ?? symbol(`inputs#${node.id}`);
  const perGroup = over(inputs, module.groups);
  const fanIn =
    module.type === "embedding" || module.type === "recurrent" || module.type === "attention"
      ? null
      : times(perGroup, module.taps);
  const fans: Fans = { fanIn: times(perGroup, module.taps), fanOut: times(module.outputs, module.taps) };
  const parameters = new Map<string, { parameter: ParameterValue; law: Law }>();
  for (const [name, parameter] of module.parameters)
    parameters.set(name, { parameter, law: lawOf(module, parameter, fans) });
  const main =
    parameters.get("weight") ?? parameters.get("kernel") ?? parameters.get("embeddings") ?? parameters.get("embedding");
  const law = main?.law ?? lawOf(module, undefined, fans);
  const bias = parameters.get("bias")?.law ?? null;
  return {
    node,
    module,
    name: names.get(module) ?? module.path.split(".").at(-1) ?? module.path,
    law,
    bias,
    parameters,
    fanIn,
    fanOut: fans.fanOut,
    sigmaW2: secondMoment(law, fanIn),
    sigmaB2: bias === null ? exactly(0) : bias.mean === null ? null : momentAroundZero(bias),
    before: before(node),
    after: after(node, consumers),
    repeat: node.repeat,
  };
}

function lawOf(module: ModuleValue, parameter: ParameterValue | undefined, fans: Fans): Law {
  if (parameter === undefined || module.wrapped === "spectral-norm" || module.wrapped === "unknown")
    return {
      family: "unknown",
      variance: null,
      mean: null,
      call: null,
      label: "cannot be told",
      mode: null,
      gain: null,
    };
  return parameter.draw === null ? parameter.law : parameter.draw(fans);
}

/** σ_w² counts entries around 0; where their mean is not 0 the theory does not hold, and rules say so. */
function secondMoment(law: Law, fanIn: Quantity | null): Quantity | null {
  return law.family === "unknown" ? null : times(law.variance, fanIn);
}

function momentAroundZero({ variance, mean }: Law): Quantity | null {
  const square = raised(mean, 2);
  const known = knownNumber(mean);
  return known === 0 ? variance : square === null ? null : knownNumber(variance) === 0 ? square : null;
}

/** From the output back to the input, as long as every step has one origin and is one that the theory knows. The longest where there are several outputs. */
function chainOf(outputs: readonly GraphNode[], uses: ReadonlyMap<GraphNode, LayerUse>): readonly ChainLink[] | null {
  const chains = outputs.map((output) => chainTo(output, uses));
  if (chains.some((chain) => chain === null)) return null;
  return chains.reduce<readonly ChainLink[]>(
    (longest, chain) => (chain !== null && chain.length > longest.length ? chain : longest),
    [],
  );
}

function chainTo(output: GraphNode, uses: ReadonlyMap<GraphNode, LayerUse>): readonly ChainLink[] | null {
  const links: ChainLink[] = [];
  let pending: {
    use: LayerUse;
    activation: string;
    activationNode: GraphNode | null;
    keep: number;
    scale: number;
  } | null = null;
  const close = () => {
    if (pending !== null) links.push(pending);
    pending = null;
  };
  for (let at: GraphNode | undefined = output; at !== undefined; at = at.inputs[0]) {
    const { operation } = at;
    if (at.inputs.length > 1) return null;
    switch (operation.kind) {
      case "input":
        break;
      case "layer": {
        close();
        const use = uses.get(at);
        const { type } = operation.module;
        if (
          use === undefined ||
          type === "recurrent" ||
          type === "attention" ||
          type === "bilinear" ||
          type === "einsum"
        )
          return null;
        // What an embedding gives is the chain's input.
        if (type === "embedding") return links.reverse();
        pending = { use, activation: "linear", activationNode: null, keep: 1, scale: 1 };
        break;
      }
      case "activation":
        if (operation.name === "unknown") return null;
        if (pending === null) break;
        // Two activations in a row are one that the theory has no name for.
        if (pending.activation !== "linear") return null;
        pending.activation = operation.name;
        pending.activationNode = at;
        break;
      case "dropout":
        if (pending !== null) {
          if (operation.drop === null) return null;
          pending.keep *= 1 - operation.drop;
        }
        break;
      case "scale": {
        const factor = knownNumber(operation.factor);
        if (factor === null) return null;
        if (pending !== null) pending.scale *= factor * factor;
        break;
      }
      case "pass":
        break;
      case "softmax":
        if (links.length > 0 || pending !== null) return null;
        break;
      default:
        return null;
    }
  }
  close();
  return links.reverse();
}
