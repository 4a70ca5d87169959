import type { RealArray } from "../../../base/dtype.ts";
import type { TensorUse } from "../../../base/tensor.ts";
import type { AssembledTensor } from "../assembled.ts";
import type { Derivation } from "./types.ts";

/** A weight that is kept as packed codes with scales and zero points, dequantized when it is read; its parts become bookkeeping. */
export function dequantized(
  weight: {
    readonly name: string;
    readonly inputs: number;
    readonly outputs: number;
    /** "AWQ" */
    readonly scheme: string;
    /** "4 bits, 32 groups" */
    readonly how: string;
  },
  parts: readonly { readonly tensor: AssembledTensor; readonly what: string }[],
  read: (start: number, count: number, signal?: AbortSignal) => Promise<RealArray>,
): Derivation {
  const { name, inputs, outputs, scheme, how } = weight;
  const use = (what: string): TensorUse => ({
    role: "buffer",
    layout: "none",
    noMatrix: "quantised: the weight it belongs to is listed",
    evidence: `${what} of ${name} (${scheme})`,
  });
  return {
    tensor: {
      info: {
        name,
        shape: [inputs, outputs],
        dtype: "f32",
        elements: inputs * outputs,
        storedBytes: 0,
        derivedFrom: { names: parts.map(({ tensor }) => tensor.info.name), how: "dequantized" },
        use: { role: "weight", layout: "in-out", evidence: `dequantized from ${scheme}, ${how}; kept as (in, out)` },
      },
      read,
    },
    sources: parts.map(({ tensor, what }) => ({ name: tensor.info.name, use: use(what) })),
  };
}
