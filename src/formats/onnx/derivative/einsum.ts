/** Einsum: linear in each of its inputs, so its derivative is Einsum again. */
import { text } from "./emitter.ts";
import { type Rule, reducedTo, refused, type Site, textOf, total } from "./rule.ts";

interface Equation {
  /** One letter an axis, of each input and of the output; ellipses are letters of their own. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly sizes: ReadonlyMap<string, number>;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function equationOf(site: Site): Equation {
  const { node } = site;
  const [left = "", right] = textOf(node, "equation", "").replace(/\s+/g, "").split("->");
  const terms = left.split(",");
  const dims = node.inputs.map((name) => site.dims(name));
  if (terms.length !== dims.length) throw refused(node, "its equation has another number of terms than it has inputs");
  const hidden = dims.map((one, i) => one.length - terms[i]!.replace("...", "").length);
  const most = Math.max(0, ...terms.map((term, i) => (term.includes("...") ? hidden[i]! : 0)));
  const free = [...LETTERS].filter((letter) => !left.includes(letter)).slice(0, most);
  // Ellipses are lined up at their right ends, as broadcasting is.
  const spelled = (term: string, count: number) => term.replace("...", free.slice(most - count).join(""));
  const inputs = terms.map((term, i) => spelled(term, term.includes("...") ? hidden[i]! : 0));
  if (inputs.some((term, i) => term.length !== dims[i]!.length))
    throw refused(node, "its equation does not fit the axes of its inputs");
  const output = right === undefined ? implied(inputs, free) : spelled(right, most);
  const sizes = new Map<string, number>();
  for (const [i, term] of inputs.entries())
    for (const [axis, letter] of [...term].entries())
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, dims[i]![axis]!));
  return { inputs, output, sizes };
}

/** Without an arrow: what stands in an ellipsis, then letters that occur once, by the alphabet. */
function implied(inputs: readonly string[], free: readonly string[]): string {
  const all = inputs.join("");
  const once = [...new Set(all)].filter((letter) => !free.includes(letter) && all.split(letter).length === 2).sort();
  return [...free, ...once].join("");
}

const einsum = ({ emit }: Site, terms: readonly string[], output: string, values: readonly string[]) =>
  emit.op("Einsum", values, { equation: text(`${terms.join(",")}->${output}`) });

const rule: Rule = {
  forward(site, tangents) {
    const { node, emit } = site;
    const { inputs, output } = equationOf(site);
    return [
      total(
        emit,
        tangents.map((tangent, i) =>
          tangent === null
            ? null
            : einsum(
                site,
                inputs,
                output,
                node.inputs.map((name, k) => (k === i ? tangent : name)),
              ),
        ),
      ),
    ];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { node, emit } = site;
    const { inputs, output, sizes } = equationOf(site);
    return node.inputs.map((name, i) => {
      if (!site.wanted(i)) return null;
      const term = inputs[i]!;
      if (new Set(term).size < term.length) throw refused(node, "on the way back it takes a diagonal");
      const others = node.inputs.filter((_, k) => k !== i);
      const terms = [output, ...inputs.filter((_, k) => k !== i)];
      const known = [...term].filter((letter) => terms.some((one) => one.includes(letter)));
      const found = einsum(site, terms, known.join(""), [cotangent, ...others]);
      // What is summed over in this input alone has the same cotangent everywhere.
      const full = [...term].map((letter) => sizes.get(letter)!);
      const apart = [...term].map((letter, axis) => (known.includes(letter) ? full[axis]! : 1));
      return reducedTo(emit, emit.expand(emit.reshape(found, apart), full), full, site.dims(name));
    });
  },
};

export const EINSUM: Readonly<Record<string, Rule>> = { Einsum: rule };
