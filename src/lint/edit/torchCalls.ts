import { INITIALIZERS, initializerName } from "../python/frameworks/torch/init.ts";
import { type CallExpression, end, type Place, start } from "../python/syntax/types.ts";
import type { TextEdit } from "../types.ts";
import { written } from "./numbers.ts";
import { appended, argumentOf, scaled } from "./scale.ts";
import {
  type Candidate,
  commonRatio,
  isCall,
  namedSquare,
  type Part,
  type Spot,
  type Writing,
  wordsAt,
} from "./spot.ts";

const METHODS: Readonly<Record<string, string>> = {
  normal_: "mean std",
  uniform_: "from to",
  fill_: "val",
  zero_: "",
};

/** An initializer that the source calls: `nn.init.normal_(w, std=s)`, or a tensor's own method, `w.data.normal_(0, s)`. */
interface WrittenCall {
  readonly call: CallExpression;
  readonly name: string;
  readonly signature: readonly string[];
  /** The tensor's words; the place of the last name of what is called. */
  readonly tensor: string;
  readonly nameFrom: number;
  readonly method: boolean;
  /** "nn.init." */
  readonly prefix: string | null;
}

/** Ways to write another σ into an initializer's call, the least change first. */
export function torchCallCandidates({ parts }: Spot, call: Place, writing: Writing): readonly Candidate[] {
  const found = readCall(call, writing);
  if (found === null) return [];
  const biases = parts.every(({ which }) => which === "biases");
  // One call that draws weights and biases alike has no two standard deviations.
  if (!biases && parts.some(({ which }) => which === "biases")) return [];
  const list: (Candidate | null)[] = [];
  const [first] = parts;
  if (first === undefined) return [];
  const { wanted } = first;
  if (biases && wanted === 0) return [replaced(found, found.method ? "zero_" : "zeros_", "", writing)];
  const ratio = commonRatio(parts);
  if (ratio !== null) list.push(scaledCall(found, ratio, writing.text));
  if (parts.every((part) => Math.abs(part.wanted - wanted) <= 1e-9 * Math.max(1, wanted)))
    list.push(
      ...(biases ? [absoluteBias(found, wanted, parts, writing)] : absoluteWeight(found, wanted, parts, writing)),
    );
  return list.filter((one) => one !== null);
}

function readCall(place: Place, { text, imports }: Writing): WrittenCall | null {
  if (!isCall(place)) return null;
  const { callee } = place;
  if (callee.type !== "name" && callee.type !== "attribute") return null;
  const path = imports.pathOf(callee);
  const known = path === null ? null : initializerName(path);
  const nameFrom = end(callee) - callee.name.length;
  if (known !== null) {
    const [tensor] = place.args;
    if (tensor === undefined || tensor.star !== "") return null;
    return {
      call: place,
      name: known,
      signature: (INITIALIZERS[known] ?? "tensor").split(" "),
      tensor: wordsAt(tensor.value, text),
      nameFrom,
      method: false,
      prefix: callee.type === "attribute" && path?.startsWith("torch.nn.init.") === true ? "" : null,
    };
  }
  const signature = METHODS[callee.name];
  if (callee.type !== "attribute" || signature === undefined) return null;
  return {
    call: place,
    name: callee.name,
    signature: signature.split(" "),
    tensor: wordsAt(callee.object, text),
    nameFrom,
    method: true,
    prefix: "",
  };
}

/** Arguments that σ is proportional to. */
const SCALES: Readonly<Record<string, readonly string[]>> = {
  normal_: ["std"],
  trunc_normal_: ["std"],
  trunc_normal_tf_: ["std"],
  sparse_: ["std"],
  uniform_: ["a", "b"],
  xavier_uniform_: ["gain"],
  xavier_normal_: ["gain"],
  orthogonal_: ["gain"],
  constant_: ["val"],
  fill_: ["val"],
};

function scaledCall({ call, name, signature, method }: WrittenCall, ratio: number, text: string): Candidate | null {
  const names = method && name === "uniform_" ? ["from", "to"] : SCALES[name];
  if (names === undefined) return null;
  const edits: TextEdit[] = [];
  for (const one of names) {
    const argument = argumentOf(call, signature, one);
    if (argument === "open") return null;
    if (argument !== null) edits.push(...scaled(argument.value, ratio, text));
    // σ of the default: 1 for a standard deviation or a gain; for others there is none to scale.
    else if (one === "std" || one === "gain")
      edits.push(appended(call, `${one}=${written(name === "sparse_" ? 0.01 * ratio : ratio)}`, text));
    else return null;
  }
  return edits;
}

function absoluteWeight(
  found: WrittenCall,
  wanted: number,
  parts: readonly Part[],
  writing: Writing,
): readonly Candidate[] {
  const families = new Set(parts.map(({ law }) => law.family));
  const named = namedSquare(wanted);
  const candidates: Candidate[] = [];
  if (/^kaiming_/.test(found.name) && named !== null) {
    const { quote } = writing;
    candidates.push(
      replaced(found, found.name, `nonlinearity=${quote}${named === 2 ? "relu" : "linear"}${quote}`, writing),
    );
  }
  // What an orthogonal matrix promises no independent draws keep; a mask and an identity mean something else altogether.
  if (["orthogonal", "identity", "delta-orthogonal", "sparse"].some((family) => families.has(family as "sparse")))
    return candidates;
  const fan = fanWords(found.tensor, parts);
  const per = (value: number) => `${written(value)} / ${fan}`;
  const sigma = Math.sqrt(wanted);
  const uniform = families.has("uniform") && families.size === 1;
  const bound = per(Math.sqrt(3) * sigma);
  candidates.push(
    uniform
      ? replaced(found, "uniform_", `-${bound}, ${bound}`, writing)
      : replaced(found, "normal_", found.method ? `0, ${per(sigma)}` : `std=${per(sigma)}`, writing),
  );
  return candidates;
}

function absoluteBias(found: WrittenCall, wanted: number, parts: readonly Part[], writing: Writing): Candidate {
  const sigma = Math.sqrt(wanted);
  if (parts.every(({ law }) => law.family === "uniform")) {
    const bound = written(Math.sqrt(3) * sigma);
    return replaced(found, "uniform_", `-${bound}, ${bound}`, writing);
  }
  return replaced(found, "normal_", found.method ? `0, ${written(sigma)}` : `std=${written(sigma)}`, writing);
}

/** √fan_in in the source's own words: what one output is summed over. */
export function fanWords(tensor: string, parts: readonly Part[]): string {
  const owner = /^(.*)\.weight(?:\.data)?$/s.exec(tensor)?.[1];
  const linear = parts.every(({ use }) => /^torch\.nn\.(?:Lazy)?Linear$/.test(use.module.path));
  return owner !== undefined && linear ? `${owner}.in_features**0.5` : `${tensor}[0].numel() ** 0.5`;
}

/** Another initializer in place of the one that is called, of the same tensor. */
function replaced(
  { call, nameFrom, method, tensor, prefix }: WrittenCall,
  name: string,
  rest: string,
  { imports }: Writing,
): Candidate {
  const to = end(call);
  if (method) return [{ from: nameFrom, to, text: `${name}(${rest})` }];
  const args = `(${tensor}${rest === "" ? "" : `, ${rest}`})`;
  if (prefix !== null) return [{ from: nameFrom, to, text: `${name}${args}` }];
  const { words, edits } = initWords(imports);
  return [...edits, { from: start(call), to, text: `${words}.${name}${args}` }];
}

export function initWords(imports: Writing["imports"]): {
  readonly words: string;
  readonly edits: readonly TextEdit[];
} {
  return imports.wordsFor("torch.nn.init", { statement: "from torch import nn", words: "nn.init" });
}
