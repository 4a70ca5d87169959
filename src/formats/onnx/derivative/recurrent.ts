/** Recurrent layers, written step by step: ONNX's RNN, GRU and LSTM. */
import { type Composer, composed, type Value } from "./composed.ts";
import { numberOf, type Rule, range, refused, type Site, textOf } from "./rule.ts";

/** Each step is some twenty operations, and again as many for each derivative. */
const MOST_STEPS = 256;

/** One direction's part of the weights, with one axis less. */
interface Direction {
  /** in × gates·hidden and hidden × gates·hidden. */
  readonly input: Value;
  readonly state: Value;
  readonly inputBias: Value | null;
  readonly stateBias: Value | null;
  /** items × hidden. */
  readonly start: Value;
}

interface Layer {
  readonly write: Composer;
  readonly site: Site;
  readonly steps: number;
  readonly items: number;
  readonly hidden: number;
  readonly directions: readonly ("forward" | "reverse")[];
}

function layerOf(write: Composer, site: Site, defaults: string): Layer {
  const { node } = site;
  const [x, r] = [write.input(0)!, write.input(2)!];
  const [steps, items] = x.dims as [number, number, number];
  const hidden = r.dims[2]!;
  if (steps > MOST_STEPS) throw refused(node, `it runs over ${steps} positions; at most ${MOST_STEPS} are written out`);
  if (numberOf(node, "layout", 0) !== 0) throw refused(node, "its items stand first");
  if (node.attributes.clip !== undefined) throw refused(node, "it clips what goes into its gates");
  const lengths = site.argument(4);
  if (lengths?.some((length) => length !== steps)) throw refused(node, "its items have lengths of their own");
  const given = node.attributes.activations;
  const names = Array.isArray(given) ? given.join(" ").toLowerCase() : defaults;
  const way = textOf(node, "direction", "forward");
  const directions =
    way === "bidirectional"
      ? (["forward", "reverse"] as const)
      : ([way === "reverse" ? "reverse" : "forward"] as const);
  const wanted = directions.map(() => defaults).join(" ");
  if (node.op !== "RNN" && names !== wanted && names !== defaults)
    throw refused(node, `its activations are ${names}, not ${defaults}`);
  return { write, site, steps, items, hidden, directions };
}

function directionOf({ write, items, hidden }: Layer, k: number, gates: number): Direction {
  const weights = (index: number) => {
    const all = write.input(index)!;
    return write.turned(write.shaped(write.part(all, 0, k, k + 1), all.dims.slice(1)), [1, 0]);
  };
  const bias = write.input(3);
  const biases = (half: number) =>
    bias === null
      ? null
      : write.part(write.part(bias, 0, k, k + 1), 1, half * gates * hidden, (half + 1) * gates * hidden);
  return {
    input: weights(1),
    state: weights(2),
    inputBias: biases(0),
    stateBias: biases(1),
    start: startOf(write, 5, k, items, hidden),
  };
}

function startOf(write: Composer, index: number, k: number, items: number, hidden: number): Value {
  const given = write.input(index);
  return given === null
    ? write.zeros([items, hidden])
    : write.shaped(write.part(given, 0, k, k + 1), [given.dims[1]!, hidden]);
}

const plus = (write: Composer, value: Value, bias: Value | null) =>
  bias === null ? value : write.with("Add", value, bias);

/** One direction: `step` makes the next state, and what else goes on, from the inputs' products at one position. */
function run<State extends readonly Value[]>(
  { write, steps }: Layer,
  { input, inputBias }: Direction,
  way: "forward" | "reverse",
  start: State,
  step: (driven: Value, state: State) => State,
): { readonly all: readonly Value[]; readonly last: State } {
  const x = write.input(0)!;
  const driven = plus(write, write.product(x, input), inputBias);
  const order = way === "forward" ? range(0, steps) : range(0, steps).reverse();
  const all: Value[] = [];
  let state = start;
  for (const at of order) {
    const now = write.shaped(write.part(driven, 0, at, at + 1), driven.dims.slice(1));
    state = step(now, state);
    all[at] = state[0]!;
  }
  return { all, last: state };
}

/** positions × directions × items × hidden, and directions × items × hidden. */
function gathered(
  { write, items, hidden }: Layer,
  runs: readonly { readonly all: readonly Value[]; readonly last: readonly Value[] }[],
) {
  const y = write.joined(
    runs.map(({ all }) =>
      write.joined(
        all.map((value) => write.shaped(value, [1, 1, items, hidden])),
        0,
      ),
    ),
    1,
  );
  const last = (which: number) =>
    write.joined(
      runs.map((one) => write.shaped(one.last[which]!, [1, items, hidden])),
      0,
    );
  return { y, last };
}

/** h ← f(x·Wᵀ + h·Rᵀ + b). */
const rnn = composed((write, site) => {
  const layer = layerOf(write, site, "tanh");
  const given = site.node.attributes.activations;
  const runs = layer.directions.map((way, k) => {
    const direction = directionOf(layer, k, 1);
    const name = Array.isArray(given) ? String(given[k] ?? given[0]) : "Tanh";
    const op = ["Tanh", "Relu", "Sigmoid"].find((one) => one.toLowerCase() === name.toLowerCase());
    if (op === undefined) throw refused(site.node, `its activation is ${name}`);
    return run(layer, direction, way, [direction.start], (driven, [h]) => [
      write.each(op, write.with("Add", driven, plus(write, write.product(h!, direction.state), direction.stateBias))),
    ]);
  });
  const { y, last } = gathered(layer, runs);
  return [y, last(0)];
});

/** z, r and h of Cho et al. 2014; the reset before or after the product with R. */
const gru = composed((write, site) => {
  const layer = layerOf(write, site, "sigmoid tanh");
  const after = numberOf(site.node, "linear_before_reset", 0) !== 0;
  const { hidden } = layer;
  const one = write.constant([1]);
  const runs = layer.directions.map((way, k) => {
    const direction = directionOf(layer, k, 3);
    const { state, stateBias } = direction;
    const [gates, candidate] = [write.part(state, 1, 0, 2 * hidden), write.part(state, 1, 2 * hidden, 3 * hidden)];
    const biases =
      stateBias === null
        ? [null, null]
        : [write.part(stateBias, 1, 0, 2 * hidden), write.part(stateBias, 1, 2 * hidden, 3 * hidden)];
    return run(layer, direction, way, [direction.start], (driven, [h]) => {
      const both = write.each(
        "Sigmoid",
        write.with("Add", write.part(driven, 1, 0, 2 * hidden), plus(write, write.product(h!, gates), biases[0]!)),
      );
      const [z, r] = [write.part(both, 1, 0, hidden), write.part(both, 1, hidden, 2 * hidden)];
      const recalled = after
        ? write.with("Mul", r, plus(write, write.product(h!, candidate), biases[1]!))
        : plus(write, write.product(write.with("Mul", r, h!), candidate), biases[1]!);
      const next = write.each("Tanh", write.with("Add", write.part(driven, 1, 2 * hidden, 3 * hidden), recalled));
      return [write.with("Add", write.with("Mul", write.with("Sub", one, z), next), write.with("Mul", z, h!))];
    });
  });
  const { y, last } = gathered(layer, runs);
  return [y, last(0)];
});

/** Gates in ONNX's order: input, output, forget, cell; with peepholes where there are some. */
const lstm = composed((write, site) => {
  const layer = layerOf(write, site, "sigmoid tanh tanh");
  if (numberOf(site.node, "input_forget", 0) !== 0) throw refused(site.node, "its input and forget gates are one");
  const { hidden, items } = layer;
  const peepholes = write.input(7);
  const runs = layer.directions.map((way, k) => {
    const direction = directionOf(layer, k, 4);
    const seen = (gate: number, of: Value, into: Value) =>
      peepholes === null
        ? into
        : write.with(
            "Add",
            into,
            write.with(
              "Mul",
              of,
              write.part(write.part(peepholes, 0, k, k + 1), 1, gate * hidden, (gate + 1) * hidden),
            ),
          );
    const start = [direction.start, startOf(write, 6, k, items, hidden)] as const;
    return run(layer, direction, way, start, (driven, [h, c]) => {
      const sums = write.with("Add", driven, plus(write, write.product(h, direction.state), direction.stateBias));
      const gate = (at: number) => write.part(sums, 1, at * hidden, (at + 1) * hidden);
      const [i, f] = [write.each("Sigmoid", seen(0, c, gate(0))), write.each("Sigmoid", seen(2, c, gate(2)))];
      const cell = write.with("Add", write.with("Mul", f, c), write.with("Mul", i, write.each("Tanh", gate(3))));
      const o = write.each("Sigmoid", seen(1, cell, gate(1)));
      return [write.with("Mul", o, write.each("Tanh", cell)), cell] as const;
    });
  });
  const { y, last } = gathered(layer, runs);
  return [y, last(0), last(1)];
});

export const RECURRENT: Readonly<Record<string, Rule>> = { RNN: rnn, GRU: gru, LSTM: lstm };
