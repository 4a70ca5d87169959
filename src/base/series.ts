/**
 * Checkpoints of one run, told by their names alone: names that are the same but for the numbers in them. "step-0000.safetensors" and
 * "step-0600.safetensors" belong together, "best.safetensors" to neither. In order of the first number that differs.
 */
export interface SeriesMember {
  readonly name: string;
  /** The number that tells the members apart: step or epoch. */
  readonly step: number;
}

/** The series that `own` belongs to among `names`, in order of training; empty where it stands alone. */
export function seriesOf(own: string, names: readonly string[]): readonly SeriesMember[] {
  const pattern = split(own);
  // "model-00001-of-00003" is a piece of one checkpoint, not a moment of a run.
  if (pattern.numbers.length === 0 || /#-of-#/.test(pattern.words)) return [];
  const family = [...new Set([own, ...names])]
    .map((name) => ({ name, ...split(name) }))
    .filter(({ words }) => words === pattern.words);
  if (family.length < 2) return [];
  // Names may carry more numbers than the step ("epoch-03-loss-0.41"): the first that is not the same everywhere counts.
  const at = pattern.numbers.findIndex((number, index) => family.some(({ numbers }) => numbers[index] !== number));
  const steps = family.map(({ name, numbers }) => ({ name, step: numbers[at] ?? Number.NaN }));
  if (steps.some(({ step }) => !Number.isFinite(step))) return [];
  return steps.sort((a, b) => a.step - b.step || (a.name < b.name ? -1 : 1));
}

/** The checkpoint that training started from: the first of the series, if that is another one than `own`. */
export function initialOf(own: string, names: readonly string[]): SeriesMember | null {
  const [first] = seriesOf(own, names);
  return first === undefined || first.name === own ? null : first;
}

/** Digits that are longer than this are no step number but a hash or a date with a time. */
const MAX_DIGITS = 12;

function split(name: string): { readonly words: string; readonly numbers: readonly number[] } {
  const numbers: number[] = [];
  const words = name.replace(/\d+/g, (digits) => {
    if (digits.length > MAX_DIGITS) return digits;
    numbers.push(Number(digits));
    return "#";
  });
  return { words, numbers };
}
