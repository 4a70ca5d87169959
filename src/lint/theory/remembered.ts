/**
 * The numbers of the theory, each computed once: the layers of a source are mostly alike, and the next key asks for the same ones again. Keys are all that a
 * number depends on, so nothing here is ever out of date.
 */
import type { Activation } from "../../numerics/meanField/activation.ts";
import * as maps from "../../numerics/meanField/maps.ts";
import * as phases from "../../numerics/meanField/phase.ts";

/** A long source holds some hundred of each; beyond this all are forgotten, which costs their time and no memory. */
const MOST = 4_096;

function remembered<Rest extends readonly unknown[], Result>(
  compute: (activation: Activation, ...rest: Rest) => Result,
  keyOf: (...rest: Rest) => string,
): (activation: Activation, ...rest: Rest) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (activation, ...rest) => {
    const key = `${activation.id} ${keyOf(...rest)}`;
    const old = known.get(key);
    if (old !== undefined) return old.result;
    const result = compute(activation, ...rest);
    if (known.size >= MOST) known.clear();
    known.set(key, { result });
    return result;
  };
}

const ofPoint = ({ weight, bias }: maps.Point, start: number) => `${weight} ${bias} ${start}`;

export const phaseOf = remembered(phases.phaseOf, ofPoint);
export const chiOneOf = remembered(phases.chiOneOf, ofPoint);
export const chiOne = remembered(maps.chiOne, (q: number, weight: number) => `${q} ${weight}`);
export const qMap = remembered(maps.qMap, (q: number, { weight, bias }: maps.Point) => `${q} ${weight} ${bias}`);
