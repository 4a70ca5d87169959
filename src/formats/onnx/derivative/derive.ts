import { FormatError } from "../../../base/errors.ts";
import type { GraphNode } from "../../types.ts";
import type { Emitter } from "./emitter.ts";
import { pathNodes } from "./path.ts";
import { labelOf, type Parts, refused, type Site, type Through, total } from "./rule.ts";
import { argumentsOf, ruleOf } from "./rules.ts";

/** What a run of the model told: shapes of values, and the numbers of whole-number arguments. */
export interface RunFacts {
  readonly dims: ReadonlyMap<string, readonly number[]>;
  readonly arguments: ReadonlyMap<string, readonly number[]>;
  /** Values that what is fed to the model changes. */
  readonly dependent: ReadonlySet<string>;
}

/** What has to be known of a path before its derivative can be written: refused here where an operation has none. */
export function questionsOf(path: readonly GraphNode[], dependent: ReadonlySet<string>) {
  const shapes = new Set<string>();
  const values = new Set<string>();
  for (const node of path) {
    ruleOf(node);
    for (const name of [...node.inputs, ...node.outputs]) if (name !== "") shapes.add(name);
    for (const name of argumentsOf(node)) if (!dependent.has(name)) values.add(name);
  }
  return { shapes: [...shapes], values: [...values] };
}

/**
 * Forward mode: for values with a tangent, the tangents of `to`, written as operations that come after the model's own; null where it is 0 everywhere. `at` may
 * put another in the place of a tangent, where all ways go through that value.
 */
export function pushForward(
  emit: Emitter,
  nodes: readonly GraphNode[],
  facts: RunFacts,
  seeds: ReadonlyMap<string, string>,
  to: readonly string[],
  at: (value: string, tangent: string) => string = (_, tangent) => tangent,
): ReadonlyMap<string, string | null> {
  const tangents = new Map<string, string>(seeds);
  for (const node of pathNodes(nodes, seeds.keys(), to)) {
    const given = node.inputs.map((name) => tangents.get(name) ?? null);
    if (given.every((one) => one === null)) continue;
    const found = ruleOf(node).forward(
      siteOf(emit, node, facts, () => true),
      given,
    );
    for (const [i, tangent] of found.entries()) {
      const name = node.outputs[i] ?? "";
      if (tangent !== null && tangent !== undefined && name !== "" && !seeds.has(name))
        tangents.set(name, at(name, tangent));
    }
  }
  return new Map(to.map((name) => [name, tangents.get(name) ?? null]));
}

/** Reverse mode: the cotangent of `from` for one of `to`. */
export function pullBack(
  emit: Emitter,
  nodes: readonly GraphNode[],
  facts: RunFacts,
  from: string,
  to: string,
  seed: string,
): string | null {
  return pullBackAll(emit, nodes, facts, [from], new Map([[to, [seed]]])).get(from) ?? null;
}

/** The cotangents of several values for those of several later ones. */
function pullBackAll(
  emit: Emitter,
  nodes: readonly GraphNode[],
  facts: RunFacts,
  from: readonly string[],
  seeds: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, string | null> {
  const path = pathNodes(nodes, from, seeds.keys());
  const wanted = new Set([...from, ...path.flatMap(({ outputs }) => outputs)]);
  const terms = new Map<string, readonly string[]>(seeds);
  for (const node of [...path].reverse()) {
    const given = node.outputs.map((name) => total(emit, terms.get(name) ?? []));
    if (given.every((one) => one === null)) continue;
    const found = ruleOf(node).reverse(
      siteOf(emit, node, facts, (index) => wanted.has(node.inputs[index] ?? "")),
      given,
    );
    for (const [i, term] of found.entries()) {
      const name = node.inputs[i] ?? "";
      if (term === null || term === undefined || !wanted.has(name)) continue;
      terms.set(name, [...(terms.get(name) ?? []), term]);
    }
  }
  return new Map(from.map((name) => [name, total(emit, terms.get(name) ?? [])]));
}

function siteOf(emit: Emitter, node: GraphNode, facts: RunFacts, wanted: (index: number) => boolean): Site {
  return {
    node,
    emit,
    wanted,
    dims(value) {
      const dims = facts.dims.get(value);
      if (dims === undefined)
        throw new FormatError(`The shape of ${value} at ${labelOf(node)} is not known.`, {
          format: "onnx",
          remedy: "The model names a value that nothing computes: export it again.",
        });
      return dims;
    },
    argument(index) {
      const name = node.inputs[index] ?? "";
      if (name === "") return null;
      if (facts.dependent.has(name)) throw refused(node, `what the model is fed decides its input ${name}`);
      const values = facts.arguments.get(name);
      if (values === undefined) throw refused(node, `the numbers of its input ${name} are not known`);
      return values;
    },
    fed: (index) => facts.dependent.has(node.inputs[index] ?? ""),
    through: (parts) => throughParts(emit, node, facts, wanted, parts),
  };
}

/** An input that stands at several places of a node has one tangent; its cotangents come at the first place. */
function throughParts(
  emit: Emitter,
  node: GraphNode,
  facts: RunFacts,
  wanted: (index: number) => boolean,
  { nodes, outputs, dims, numbers }: Parts,
): Through {
  const inner: RunFacts = {
    dims: new Map([...facts.dims, ...dims]),
    arguments: new Map([...facts.arguments, ...numbers]),
    dependent: facts.dependent,
  };
  const made = outputs.filter((name) => name !== null);
  return {
    forward(tangents) {
      const seeds = new Map(
        node.inputs.flatMap((name, i) => (tangents[i] == null ? [] : [[name, tangents[i]] as const])),
      );
      const found = pushForward(emit, nodes, inner, seeds, made);
      return outputs.map((name) => (name === null ? null : (found.get(name) ?? null)));
    },
    reverse(cotangents) {
      const from = [...new Set(node.inputs.filter((name, i) => name !== "" && wanted(i)))];
      const seeds = new Map(
        outputs.flatMap((name, i) =>
          name === null || cotangents[i] == null ? [] : [[name, [cotangents[i]]] as const],
        ),
      );
      const found = pullBackAll(emit, nodes, inner, from, seeds);
      return node.inputs.map((name, i) => (node.inputs.indexOf(name) === i ? (found.get(name) ?? null) : null));
    },
  };
}
