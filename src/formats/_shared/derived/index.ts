import type { TensorUse } from "../../../base/tensor.ts";
import type { Checkpoint, OpenContext } from "../../types.ts";
import { type AssembledTensor, assembledCheckpoint, tensorsOf } from "../assembled.ts";
import { activationAware } from "./awq.ts";
import { bitsAndBytes } from "./bitsAndBytes.ts";
import { gptq } from "./gptq.ts";
import { lowRank } from "./lora.ts";
import { scaledFloats } from "./scaledFloats.ts";
import type { Recognizer } from "./types.ts";

const RECOGNIZERS: readonly Recognizer[] = [lowRank, gptq, activationAware, bitsAndBytes, scaledFloats];

/**
 * Weights that a file keeps as several tensors (factors, packed codes with their scales) become one tensor each, whose values are
 * computed when they are asked for. The stored ones stay listed for what they are. The same for every format.
 */
export async function withDerived(checkpoint: Checkpoint, context: OpenContext): Promise<Checkpoint> {
  const stored = tensorsOf(checkpoint);
  const found = [];
  for (const recognize of RECOGNIZERS) found.push((await recognize(stored, context)) ?? { derivations: [] });
  const derivations = found.flatMap((one) => one.derivations);
  const findings = found.flatMap((one) => one.findings ?? []);
  const skipped = found.flatMap((one) => one.skipped ?? []);
  if (derivations.length + findings.length + skipped.length === 0) return checkpoint;
  const uses = new Map<string, TensorUse>();
  for (const { sources } of derivations) for (const { name, use } of sources) uses.set(name, use);
  const made = new Set(derivations.map(({ tensor }) => tensor.info.name));
  const refused = new Set(skipped.map(({ name }) => name));
  const rest = [...stored.values()]
    .filter(({ info }) => !refused.has(info.name))
    .map((tensor): AssembledTensor => {
      const use = uses.get(tensor.info.name);
      const info = use === undefined ? tensor.info : { ...tensor.info, use };
      // A packed weight gives its name to the weight that it stands for.
      return { ...tensor, info: made.has(info.name) ? { ...info, name: `${info.name} (packed)` } : info };
    });
  return assembledCheckpoint(
    {
      ...checkpoint,
      findings: [...checkpoint.findings, ...findings],
      skipped: [...checkpoint.skipped, ...skipped],
      close: () => checkpoint.close(),
    },
    [...derivations.map(({ tensor }) => tensor), ...rest],
  );
}
