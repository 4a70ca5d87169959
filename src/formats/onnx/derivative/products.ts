/** Products of two values: MatMul and Gemm. */
import { numberOf, type Rule, reducedTo, type Site, total } from "./rule.ts";

const turn = ({ emit }: Site, value: string, rank: number) => {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return emit.transpose(value, [...perm.slice(0, -2), rank - 1, rank - 2]);
};

/** Both factors with two axes at least: a vector is a row on the left and a column on the right. */
function factors(site: Site) {
  const { node, emit } = site;
  const [a, b] = [node.inputs[0]!, node.inputs[1]!];
  const [da, db] = [site.dims(a), site.dims(b)];
  const left = da.length === 1 ? { name: emit.reshape(a, [1, ...da]), dims: [1, ...da] } : { name: a, dims: da };
  const right = db.length === 1 ? { name: emit.reshape(b, [...db, 1]), dims: [...db, 1] } : { name: b, dims: db };
  const batch = broadcast(left.dims.slice(0, -2), right.dims.slice(0, -2));
  return { left, right, out: [...batch, left.dims.at(-2)!, right.dims.at(-1)!] };
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [one, two] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    return one === 1 ? two : one;
  });
}

const matMul: Rule = {
  forward({ node, emit }, [a = null, b = null]) {
    return [
      total(emit, [
        a === null ? null : emit.op("MatMul", [a, node.inputs[1]!]),
        b === null ? null : emit.op("MatMul", [node.inputs[0]!, b]),
      ]),
    ];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { node, emit } = site;
    const { left, right, out } = factors(site);
    const u = emit.reshape(cotangent, out);
    const rank = out.length;
    const back = (index: number, value: string, dims: readonly number[], kept: readonly number[]) =>
      emit.reshape(reducedTo(emit, value, dims, kept), site.dims(node.inputs[index]!));
    const lead = out.slice(0, -2);
    return [
      site.wanted(0)
        ? back(
            0,
            emit.op("MatMul", [u, turn(site, right.name, right.dims.length)]),
            [...lead, out[rank - 2]!, right.dims.at(-2)!],
            left.dims,
          )
        : null,
      site.wanted(1)
        ? back(
            1,
            emit.op("MatMul", [turn(site, left.name, left.dims.length), u]),
            [...lead, left.dims.at(-1)!, out[rank - 1]!],
            right.dims,
          )
        : null,
    ];
  },
};

/** Y = α·A′B′ + β·C with A′ and B′ turned as asked. */
const gemm: Rule = {
  forward(site, [a = null, b = null, c = null]) {
    const { node, emit } = site;
    const alpha = emit.scalar(numberOf(node, "alpha", 1));
    const out = site.dims(node.outputs[0]!);
    const [left, right] = turned(site);
    return [
      total(emit, [
        a === null ? null : emit.mul(emit.op("MatMul", [left(a), right(node.inputs[1]!)]), alpha),
        b === null ? null : emit.mul(emit.op("MatMul", [left(node.inputs[0]!), right(b)]), alpha),
        c === null ? null : emit.expand(emit.mul(c, emit.scalar(numberOf(node, "beta", 1))), out),
      ]),
    ];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { node, emit } = site;
    const [left, right] = turned(site);
    const u = emit.mul(cotangent, emit.scalar(numberOf(node, "alpha", 1)));
    const t = (value: string) => emit.transpose(value, [1, 0]);
    const [a, b, c] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2] ?? ""];
    return [
      site.wanted(0) ? left(emit.op("MatMul", [u, t(right(b))])) : null,
      site.wanted(1) ? right(emit.op("MatMul", [t(left(a)), u])) : null,
      c !== "" && site.wanted(2)
        ? reducedTo(
            emit,
            emit.mul(cotangent, emit.scalar(numberOf(node, "beta", 1))),
            site.dims(node.outputs[0]!),
            site.dims(c),
          )
        : null,
    ];
  },
};

/** Turning twice is turning back, so the same serves both ways. */
function turned({ node, emit }: Site) {
  return ["transA", "transB"].map((which) =>
    numberOf(node, which, 0) === 1 ? (value: string) => emit.transpose(value, [1, 0]) : (value: string) => value,
  ) as [(value: string) => string, (value: string) => string];
}

export const PRODUCTS: Readonly<Record<string, Rule>> = { MatMul: matMul, Gemm: gemm };
