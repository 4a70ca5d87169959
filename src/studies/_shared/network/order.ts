import type { NetworkLayer } from "./types.ts";

interface Ordered {
  readonly layers: readonly NetworkLayer[];
  readonly order: string;
  readonly fits: boolean;
}

/**
 * Layers from the input to the output. Files list tensors as they were defined, or by name: then "hidden.10" stands before "hidden.2" and the input last.
 * So names that differ in numbers alone are put in their numbers' order, in the places that they hold together; and where sizes still do not fit one after
 * the other, they are laid end to end as sizes allow.
 */
export function inOrder(found: readonly NetworkLayer[]): Ordered {
  const counted = byNumbers(found);
  const numbered = counted.some((layer, at) => layer !== found[at]);
  const order = numbered ? "the file's order, numbers in names counted" : "the file's order";
  if (fitsTogether(counted)) return { layers: counted, order, fits: true };
  const laid = counted.every(({ kind }) => kind === "dense") ? layEndToEnd(counted) : null;
  if (laid !== null) return { layers: laid, order: "sizes that fit one after the other", fits: true };
  return { layers: counted, order, fits: false };
}

function fitsTogether(layers: readonly NetworkLayer[]): boolean {
  return layers.every(({ fanIn }, at) => at === 0 || layers[at - 1]!.fanOut === fanIn);
}

function byNumbers(found: readonly NetworkLayer[]): readonly NetworkLayer[] {
  const places = new Map<string, number[]>();
  for (const [at, { tensor }] of found.entries()) {
    const template = tensor.name.replace(/\d+/g, "#");
    places.set(template, [...(places.get(template) ?? []), at]);
  }
  const result = [...found];
  for (const at of places.values()) {
    const family = at.map((place) => found[place]!).sort(compareNumbers);
    for (const [k, place] of at.entries()) result[place] = family[k]!;
  }
  return result;
}

function compareNumbers(a: NetworkLayer, b: NetworkLayer): number {
  const [x, y] = [a, b].map(({ tensor }) => [...tensor.name.matchAll(/\d+/g)].map(([digits]) => Number(digits))) as [
    number[],
    number[],
  ];
  for (const [k, value] of x.entries()) if (value !== y[k]) return value - (y[k] ?? 0);
  return 0;
}

/** Square layers are passed at once where their width is reached, others in the order that they have; null where some are left over. */
function layEndToEnd(layers: readonly NetworkLayer[]): readonly NetworkLayer[] | null {
  const given = new Map<number, number>();
  for (const { fanIn, fanOut } of layers) {
    given.set(fanIn, (given.get(fanIn) ?? 0) - 1);
    given.set(fanOut, (given.get(fanOut) ?? 0) + 1);
  }
  const starts = [...given].filter(([, balance]) => balance === -1).map(([width]) => width);
  if (starts.length !== 1) return null;
  let width = starts[0]!;
  const rest = [...layers];
  const result: NetworkLayer[] = [];
  while (rest.length > 0) {
    const square = rest.findIndex((layer) => layer.fanIn === width && layer.fanOut === width);
    const at = square >= 0 ? square : rest.findIndex((layer) => layer.fanIn === width);
    if (at < 0) return null;
    const [layer] = rest.splice(at, 1);
    result.push(layer!);
    width = layer!.fanOut;
  }
  return result;
}
