import type { Activation } from "../../../src/numerics/meanField/activation.ts";
import { activationById } from "../../../src/numerics/meanField/activations.ts";
import { DenseNetwork } from "../../../src/numerics/network/denseNetwork.ts";
import type { Random } from "../../../src/numerics/random.ts";

export function known(id: string): Activation {
  const activation = activationById(id);
  if (activation === undefined) throw new Error(`no activation ${id}`);
  return activation;
}

/** Entries of an n × n Gaussian matrix, or of an orthogonal one times √weight (Gram–Schmidt on Gaussian rows: Haar). */
export function squareWeights(
  n: number,
  weight: number,
  law: "gaussian" | "orthogonal",
  random: Random,
): Float64Array<ArrayBuffer> {
  if (law === "gaussian") return Float64Array.from({ length: n * n }, () => Math.sqrt(weight / n) * random.normal());
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = random.direction(n);
    for (let again = 0; again < 2; again++)
      for (let j = 0; j < i; j++) {
        let along = 0;
        for (let k = 0; k < n; k++) along += row[k]! * data[j * n + k]!;
        for (let k = 0; k < n; k++) row[k] = row[k]! - along * data[j * n + k]!;
      }
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < n; k++) data[i * n + k] = row[k]! / norm;
  }
  return data.map((value) => Math.sqrt(weight) * value);
}

export function drawnNetwork(
  activation: Activation,
  n: number,
  layers: number,
  { weight, bias }: { readonly weight: number; readonly bias: number },
  law: "gaussian" | "orthogonal",
  random: Random,
): DenseNetwork {
  return new DenseNetwork(
    Array.from({ length: layers }, () => ({
      weight: { rows: n, columns: n, data: squareWeights(n, weight, law, random) },
      bias: bias === 0 ? null : Float64Array.from({ length: n }, () => Math.sqrt(bias) * random.normal()),
    })),
    activation,
  );
}

export const gaussianInput = (n: number, moment: number, random: Random): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length: n }, () => Math.sqrt(moment) * random.normal());
