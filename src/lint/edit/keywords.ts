import { plainName } from "../python/frameworks/_shared/activations.ts";
import { type Argument, type CallExpression, end, type Place, start } from "../python/syntax/types.ts";
import type { TextEdit } from "../types.ts";
import { written } from "./numbers.ts";
import { appended, argumentOf, scaled } from "./scale.ts";
import { type Candidate, commonRatio, isCall, namedSquare, type Part, type Spot, type Writing } from "./spot.ts";

/** Keras and Flax: the initializer is an argument of the layer, by name or as an object, or the layer's default. */
interface Dialect {
  readonly keyword: Readonly<Record<Part["which"], string>>;
  /** Arguments of initializers, in order; first among them what σ, or for `square` σ², is proportional to. */
  readonly initializers: Readonly<
    Record<
      string,
      {
        readonly signature: string;
        readonly scales: readonly string[];
        readonly square?: true;
        readonly initial?: number;
      }
    >
  >;
  /** Words for a law of weights or biases. */
  draw(part: Part, words: () => string, quote: string): string;
  readonly module: string;
  fallback(text: string): { readonly statement: string; readonly words: string };
}

const KERAS: Dialect = {
  keyword: { weights: "kernel_initializer", biases: "bias_initializer" },
  initializers: {
    variancescaling: { signature: "scale mode distribution seed", scales: ["scale"], square: true, initial: 1 },
    randomnormal: { signature: "mean stddev seed", scales: ["stddev"], initial: 0.05 },
    truncatednormal: { signature: "mean stddev seed", scales: ["stddev"], initial: 0.05 },
    randomuniform: { signature: "minval maxval seed", scales: ["minval", "maxval"] },
    orthogonal: { signature: "gain seed", scales: ["gain"], initial: 1 },
    constant: { signature: "value", scales: ["value"] },
  },
  module: "keras.initializers",
  fallback: (text) => ({
    statement: /\btensorflow\.(?:python\.)?keras\b|\btf\.keras\b/.test(text)
      ? "from tensorflow.keras import initializers"
      : "from keras import initializers",
    words: "initializers",
  }),
  draw({ which, wanted, law }, words, quote) {
    if (which === "biases")
      return wanted === 0 ? `${quote}zeros${quote}` : `${words()}.RandomNormal(stddev=${written(Math.sqrt(wanted))})`;
    const square = namedSquare(wanted);
    const family =
      law.family === "uniform" ? "uniform" : law.family === "normal" ? "untruncated_normal" : "truncated_normal";
    if (square !== null && family !== "untruncated_normal")
      return `${quote}${square === 2 ? "he" : "lecun"}_${family === "uniform" ? "uniform" : "normal"}${quote}`;
    return `${words()}.VarianceScaling(scale=${written(wanted)}, mode=${quote}fan_in${quote}, distribution=${quote}${family}${quote})`;
  },
};

const FLAX: Dialect = {
  keyword: { weights: "kernel_init", biases: "bias_init" },
  initializers: {
    variancescaling: { signature: "scale mode distribution", scales: ["scale"], square: true },
    normal: { signature: "stddev dtype", scales: ["stddev"], initial: 0.01 },
    truncatednormal: { signature: "stddev dtype", scales: ["stddev"], initial: 0.01 },
    orthogonal: { signature: "scale column_axis", scales: ["scale"], initial: 1 },
    constant: { signature: "value dtype", scales: ["value"] },
  },
  module: "jax.nn.initializers",
  fallback: () => ({ statement: "from jax.nn import initializers", words: "initializers" }),
  draw({ which, wanted, law }, words, quote) {
    if (which === "biases")
      return wanted === 0 ? `${words()}.zeros` : `${words()}.normal(${written(Math.sqrt(wanted))})`;
    const square = namedSquare(wanted);
    const family = law.family === "uniform" ? "uniform" : law.family === "normal" ? "normal" : "truncated_normal";
    if (square !== null && family !== "normal")
      return `${words()}.${square === 2 ? "he" : "lecun"}_${family === "uniform" ? "uniform" : "normal"}()`;
    return `${words()}.variance_scaling(${written(wanted)}, ${quote}fan_in${quote}, ${quote}${family}${quote})`;
  },
};

const PROMISES: ReadonlySet<string> = new Set(["orthogonal", "delta-orthogonal", "identity"]);

export function keywordCandidates({ parts }: Spot, written: Place | null, writing: Writing): readonly Candidate[] {
  const [first] = parts;
  if (first === undefined) return [];
  const dialect = first.use.module.framework === "flax" ? FLAX : KERAS;
  const list: (Candidate | null)[] = [];
  const ratio = commonRatio(parts);
  if (written !== null && isCall(written) && ratio !== null)
    list.push(scaledInitializer(written, ratio, dialect, writing.text));
  const same = parts.every(
    (part) => part.which === first.which && Math.abs(part.wanted - first.wanted) <= 1e-9 * Math.max(1, first.wanted),
  );
  if (same && !parts.some(({ law }) => PROMISES.has(law.family)))
    list.push(another(parts, first, written, dialect, writing));
  return list.filter((one) => one !== null);
}

function scaledInitializer(
  call: CallExpression,
  ratio: number,
  { initializers }: Dialect,
  text: string,
): Candidate | null {
  const { callee } = call;
  const name = callee.type === "attribute" || callee.type === "name" ? plainName(callee.name) : "";
  const known = initializers[name];
  if (known === undefined) return null;
  const factor = known.square === true ? ratio * ratio : ratio;
  const edits: TextEdit[] = [];
  for (const one of known.scales) {
    const argument = argumentOf(call, known.signature.split(" "), one);
    if (argument === "open") return null;
    if (argument !== null) edits.push(...scaled(argument.value, factor, text));
    else if (known.initial !== undefined) edits.push(appended(call, `${one}=${written(known.initial * factor)}`, text));
    else return null;
  }
  return edits;
}

/** Another initializer in place of the one that is written, or as one more argument. */
function another(
  parts: readonly Part[],
  part: Part,
  place: Place | null,
  dialect: Dialect,
  { text, imports, quote }: Writing,
): Candidate | null {
  const needed: TextEdit[] = [];
  const words = () => {
    const found = imports.wordsFor(dialect.module, dialect.fallback(text));
    needed.push(...found.edits);
    return found.words;
  };
  const draw = dialect.draw(part, words, quote);
  const keyword = dialect.keyword[part.which];
  if (place === null) {
    const edits: TextEdit[] = [];
    for (const { use } of parts) {
      const { site } = use.module;
      // What `**options` holds may be the very argument.
      if (!isCall(site) || site.args.some(({ star, name }) => star !== "" || name === keyword)) return null;
      edits.push(appended(site, `${keyword}=${draw}`, text));
    }
    return [...needed, ...edits];
  }
  if (isArgument(place)) return [...needed, { from: start(place.value), to: end(place.value), text: draw }];
  // The layer's own call: its initializer is passed by position, or cannot be seen.
  if (!isCall(place) || parts.some(({ use }) => use.module.site === place)) return null;
  return [...needed, { from: start(place), to: end(place), text: draw }];
}

function isArgument(place: Place): place is Argument {
  return "star" in place && "value" in place;
}
