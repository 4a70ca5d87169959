import { isDrawn } from "./origin.ts";
import type { FileVerdict, MeasuredWeight } from "./types.ts";

/**
 * Initialization or trained, from all weights that tell. A number in the file's name is believed: what is of step 40 is not of before training, even where
 * so little changed that statistics show nothing.
 */
export function verdictOf(weights: readonly Pick<MeasuredWeight, "origin">[], step: number | null): FileVerdict {
  const count = (holds: (weight: Pick<MeasuredWeight, "origin">) => boolean) => weights.filter(holds).length;
  const drawn = count(({ origin }) => isDrawn(origin));
  const trained = count(({ origin }) => origin.kind === "trained");
  const told = drawn + trained;
  const rest = weights.length - told;
  const left = rest === 0 ? "" : `, ${rest} cannot be told`;
  const named = step === null ? "" : step === 0 ? " Its name says step 0." : ` Its name says step ${step}.`;
  const of = (part: number) => `${part} of ${weights.length} weights`;
  if (told === 0) {
    if (step === null)
      return { kind: "unknown", sentence: "Cannot tell whether it was trained: no weight is large enough." };
    return step === 0
      ? { kind: "initialization", sentence: "Of before training, by its name; its weights are too small to tell." }
      : { kind: "trained", sentence: `Of after step ${step}, by its name; its weights are too small to tell.` };
  }
  if (step !== null && step > 0)
    return trained === 0
      ? { kind: "partly", sentence: `Little trained: ${of(drawn)} still look drawn${left}.${named}` }
      : {
          kind: "trained",
          sentence: `Trained: ${of(trained)} look like no draw${drawn === 0 ? "" : `, ${drawn} still look drawn`}${left}.${named}`,
        };
  if (trained === 0)
    return {
      kind: "initialization",
      sentence: `Looks like before training: ${of(drawn)} look drawn from one law each${left}.${named}`,
    };
  // Small weights look drawn after training too; a law with a name is no accident.
  const untouched = count(({ origin }) => origin.kind === "law");
  const still = drawn === 0 ? "" : `, ${drawn} still look drawn`;
  if (untouched === 0)
    return { kind: "trained", sentence: `Trained: ${of(trained)} look like no draw${still}${left}.${named}` };
  return {
    kind: "partly",
    sentence: `Partly trained, or a mixture of laws: ${of(trained)} look like no draw, ${drawn} look drawn, ${untouched} of them from a law with a name${left}.${named}`,
  };
}

/** The step, epoch or iteration that a checkpoint's name ends with; null where it says none. */
export function stepInName(name: string): number | null {
  const stem = name.replace(/(?:\.[a-z]\w*)+$/i, "");
  if (/(?:^|[-_.])init(?:ial(?:i[sz]ation)?)?$/i.test(stem)) return 0;
  const digits = /(?:step|epoch|iter|iteration|ckpt|checkpoint)s?[-_.=]?(\d+)/i.exec(stem)?.[1];
  return digits === undefined ? null : Number(digits);
}
