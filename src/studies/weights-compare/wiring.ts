import type { DescribedTensor } from "../../base/tensor.ts";

/** Which order each weight's units, and its inputs, are in; null where they have names (the network's inputs and outputs). */
export interface Wire {
  readonly name: string;
  readonly output: number | null;
  readonly input: number | null;
}

export interface Wiring {
  readonly wires: readonly Wire[];
  readonly notes: readonly string[];
}

/** "layer1.0.conv2.weight": the second layer inside block "layer1.0"; "layer2.0.downsample.0.weight": the way around it. */
const IN_BLOCK = /^(.+?[._/]\d+)[._/](?:conv|fc|linear|lin|dense)_?(\d+)(?=[._/]|$)/i;
const AROUND = /^(.+?[._/]\d+)[._/](?:downsample|shortcut)(?=[._/])/i;
/** Words for connections that names alone do not place. */
const UNPLACED =
  /(^|[._/])(skip\w*|residuals?\w*|res(net)?_?(block|unit)\w*|identity|downsample|shortcut)(?=[._/\d]|$)/i;

interface Step {
  readonly weight: DescribedTensor;
  readonly block: string | null;
  readonly around: boolean;
}

/** How layers hang together by their names: a chain, with blocks around which units are added; or why that is not known. */
export function wiringOf(weights: readonly DescribedTensor[]): Wiring | string {
  const steps = weights.map((weight): Step => {
    const around = AROUND.exec(weight.name);
    const inside = IN_BLOCK.exec(weight.name);
    return { weight, block: around?.[1] ?? inside?.[1] ?? null, around: around !== null };
  });
  const lost = steps.find(({ weight, block }) => block === null && UNPLACED.test(weight.name));
  if (lost !== undefined)
    return `${lost.weight.name} belongs to a connection around layers: which units are added to which, and so share one order, is not known from its name.`;
  const wires: Wire[] = [];
  const shared: string[] = [];
  let [stream, width, next] = [null as number | null, inputsOf(weights[0]!), 0];
  for (let at = 0; at < steps.length; ) {
    const { block } = steps[at]!;
    let end = at + 1;
    while (block !== null && end < steps.length && steps[end]!.block === block) end++;
    const inside = steps.slice(at, end);
    const path = inside.filter(({ around }) => !around);
    const past = inside.filter(({ around }) => around);
    const ends = end === steps.length;
    if (path.length === 0) return `${inside[0]!.weight.name} leads around layers that are not there.`;
    if (past.length > 1) return `${block} has ${past.length} weights around its layers; one is what is read.`;
    const out = unitsOf(path.at(-1)!.weight);
    const adds = past.length > 0 || (path.length > 1 && block !== null && out === width);
    if (adds && (ends || (past.length === 0 && stream === null)))
      return `${block} adds its units to ${ends ? "the network's outputs" : "the network's inputs"}, which have names: nothing of it can be exchanged by what is read here.`;
    if (adds) shared.push(block!);
    const from: { readonly stream: number | null; readonly width: number } = { stream, width };
    // Without a weight of its own the way around leaves units as they come in.
    const target = ends ? null : adds && past.length === 0 ? stream : next++;
    for (const [k, { weight }] of path.entries()) {
      const problem = misfit(weight, width);
      if (problem !== null) return problem;
      const last = k === path.length - 1;
      const output = last ? target : next++;
      wires.push({ name: weight.name, input: stream, output });
      [stream, width] = [output, unitsOf(weight)];
    }
    for (const { weight } of past) {
      const problem = misfit(weight, from.width);
      if (problem !== null) return problem;
      if (unitsOf(weight) !== out)
        return `${weight.name} gives ${unitsOf(weight)} units, the layers that it leads around ${out}: they cannot be added.`;
      wires.push({ name: weight.name, input: from.stream, output: target });
    }
    at = end;
  }
  const notes =
    shared.length === 0
      ? []
      : [
          `Units of ${shared.length} blocks (${shared.slice(0, 3).join(", ")}${shared.length > 3 ? ", …" : ""}) are taken to be added over residual connections: they share one order with what they are added to.`,
        ];
  return { wires, notes };
}

const unitsOf = ({ matrix }: DescribedTensor): number => matrix?.rows ?? 0;
const inputsOf = ({ matrix }: DescribedTensor): number => matrix?.columns ?? 0;

/** Inputs are units before, the taps of a kernel, or the places that a flattening made of each channel. */
function misfit(weight: DescribedTensor, width: number): string | null {
  return inputsOf(weight) % width === 0
    ? null
    : `${weight.name} takes ${inputsOf(weight)} inputs, but what comes before gives ${width}: the weights are no chain of layers.`;
}

/** Scales and shifts of the normalization behind a weight, by its name: "bn1.weight" of "conv1.weight", "1.weight" of "0.weight". */
export function normalizationOf(
  weight: string,
  tensors: readonly DescribedTensor[],
  units: number,
): readonly DescribedTensor[] {
  const [parent, leaf] = split(weight);
  const norms = tensors.filter(
    ({ name, role, elements }) =>
      role === "norm" && elements === units && split(name)[0] === parent && !/running|moving|mean|var/i.test(name),
  );
  if (!/^\d+$/.test(leaf)) {
    const digits = /\d+$/.exec(leaf)?.[0];
    return digits === undefined ? [] : norms.filter(({ name }) => /\D(\d+)$/.exec(split(name)[1])?.[1] === digits);
  }
  const own = Number(leaf);
  const later = tensors.flatMap(({ name, role }) => {
    const [other, place] = split(name);
    return role === "weight" && other === parent && /^\d+$/.test(place) && Number(place) > own ? [Number(place)] : [];
  });
  const before = Math.min(...later, Number.POSITIVE_INFINITY);
  return norms.filter(({ name }) => {
    const place = Number(split(name)[1]);
    return place > own && place < before;
  });
}

/** "layer1.0", "conv1" of "layer1.0.conv1.weight". */
function split(name: string): readonly [parent: string, leaf: string] {
  const parts = name.split(/[./]/);
  return [parts.slice(0, -2).join("."), parts.at(-2) ?? ""];
}
