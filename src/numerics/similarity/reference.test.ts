// Every reference value of the specification's section 10 that is no record of a random draw: a key, or a field of one, that no rule computes fails.
import { expect, test } from "vitest";
import { crossnobis } from "./crossnobis.ts";
import { FIXTURE, OPTIONS, sines } from "./fixture.testkit.ts";
import { gaussianBiasedCka, hsic1 } from "./hsic.ts";
import { contiguousBatches, linearCka, minibatchCka, pairSums } from "./linearCka.ts";
import { centred, type Matrix64, product } from "./matrix.ts";
import { type Measure, type MeasureOptions, pairTable } from "./measures.ts";
import { fromTriangle, upperTriangle } from "./rdm.ts";
import { permutationTest } from "./resampling.ts";
import { meanCca, pwcca, shape, subspaceOf, svcca } from "./subspaces.ts";

/** Records of random draws, which inference.test.ts holds the theory to. */
const NOT_ASSERTED = /^sim_/;

const X = sines(20, 12, 0.7, 1.3, 0.05, 0.3);
const OTHERS: Readonly<Record<string, Matrix64>> = {
  Y: sines(20, 8, 0.4, 0.9, 0.11, 1.1),
  Y2: added(product(X, sines(12, 12, 1.1, 0.3, 0.07, 0.5)), 0.1, sines(20, 12, 2.1, 0.2, 0.3, 0)),
};

function added(a: Matrix64, factor: number, b: Matrix64): Matrix64 {
  return { ...a, data: a.data.map((value, at) => value + factor * b.data[at]!) };
}

type Computed = number | Readonly<Record<string, () => number | readonly number[]>>;

const compared = (other: Matrix64, measure: Measure, options: Partial<MeasureOptions>) => () =>
  pairTable(measure, [{ values: X }, { values: other }], null, { ...OPTIONS, ...options }).value(0, 1);

function kernels(name: string): Computed {
  const other = OTHERS[name]!;
  const [a, b] = [subspaceOf(X), subspaceOf(other)];
  return {
    linear_biased: () => linearCka(X, other, "biased"),
    linear_debiased: () => linearCka(X, other, "debiased"),
    "rbf_biased_frac0.5": compared(other, "rbf-cka", { width: 0.5 }),
    // Sums are those of centred representations: HSIC₁ does not tell them from the raw ones, and both keys are one number.
    hsic1_raw: () => hsic1(pairSums(centred(X), centred(other))),
    hsic1_precentred_same: () => hsic1(pairSums(centred(X), centred(other))),
    mean_cca: () => meanCca(a, b),
    svcca99: () => svcca(a, b, 0.99).mean,
    svcca_dims: () => svcca(a, b, 0.99).kept,
    pwcca_X: () => pwcca(a, b),
    pwcca_rev: () => pwcca(b, a),
    procrustes_dist: () => shape(a, b).procrustes,
    angular_shape_dist: () => shape(a, b).angle,
  };
}

function dissimilarities(name: string): Computed {
  const by = (distance: MeasureOptions["distance"], comparison: MeasureOptions["comparison"]) =>
    compared(OTHERS[name]!, "rsa", { distance, comparison });
  return {
    corrRDM_spearman: by("correlation", "spearman"),
    corrRDM_kendall_tau_a: by("correlation", "tau-a"),
    corrRDM_pearson: by("correlation", "pearson"),
    euc2RDM_cosine: by("squared-euclidean", "cosine"),
    euc2RDM_whitened_cosine: by("squared-euclidean", "whitened-cosine"),
    linear_CKA_for_identity: () => linearCka(X, OTHERS[name]!, "biased"),
  };
}

/** With two partitions the product of the two differences, whichever comes first. */
function distancesWithoutNoise(): Computed {
  const d = upperTriangle(crossnobis([X, added(X, 0.2, sines(20, 12, 1.7, 0.6, 0.23, 0.9))]));
  return { "d[0,1]": () => d[0]!, "d[0,2]": () => d[1]!, mean: () => d.reduce((sum, one) => sum + one / d.length, 0) };
}

/** Two pairs of leaves against a measurement of them. */
function fourLeaves(): Computed {
  const [sibling, cross] = [Math.SQRT2, Math.sqrt(6)];
  const layers = [
    fromTriangle(Float64Array.of(sibling, cross, cross, cross, cross, sibling), 4),
    fromTriangle(Float64Array.of(1, 3, 3.5, 3.2, 3.1, 1.4), 4),
  ].map((d) => ({ values: d, dissimilarities: d }));
  const table = pairTable("rsa", layers, null, { ...OPTIONS, comparison: "pearson" });
  const found = permutationTest(4, 999, 1, "high", (order) => table.shuffled(0, 1, order));
  return { r: () => table.value(0, 1), p_exact: () => found.p, n_perm: () => found.draws };
}

const RULES: readonly (readonly [RegExp, (...groups: string[]) => Computed])[] = [
  [/^cka\/X_vs_(Y2?)$/, kernels],
  [/^cka\/X_vs_(Y2?)\/minibatch_2x10$/, (name) => minibatchCka(X, OTHERS[name!]!, contiguousBatches(20, 10))],
  [
    /^cka_null_gaussian\/n=(\d+),p=(\d+)$/,
    (n, p) => ({ approx: () => gaussianBiasedCka(Number(n), Number(p), Number(p)) }),
  ],
  [/^rsa\/X_vs_(Y2?)$/, dissimilarities],
  [/^rsa\/crossnobis_identity_noise\//, distancesWithoutNoise],
  [/^rsa\/exact_perm_toy4$/, fourLeaves],
  // Nothing drawn is as good: p is one over the draws and the observed order.
  [
    /^perm_p_floor_n(\d+)$/,
    (draws) =>
      permutationTest(9, Number(draws), 1, "high", (order) => (order.every((item, at) => item === at) ? 1 : 0)).floor,
  ],
];

/**
 * With p + q > n − 1 some canonical correlations are exactly 1, any turn among their directions is as right as another, and NumPy by QR and by SVD differ in
 * these digits. Where PWCCA is determined, similarity.test.ts has it to ten.
 */
const UNDETERMINED: Readonly<Record<string, number>> = { "cka/X_vs_Y pwcca": 1e-5, "cka/X_vs_Y2 pwcca": 5e-3 };

const keys = Object.keys(FIXTURE.reference).filter((key) => !NOT_ASSERTED.test(key));

test("the fixture holds the whole of section 10", () => {
  expect(keys).toHaveLength(12);
  expect(Object.keys(FIXTURE.reference)).toHaveLength(13);
});

test.each(keys)("%s", (key) => {
  const rule = RULES.find(([pattern]) => pattern.test(key));
  if (rule === undefined) throw new Error(`${key} is computed by nothing here.`);
  const computed = rule[1](...rule[0].exec(key)!.slice(1));
  const expected: unknown = FIXTURE.reference[key];
  if (typeof computed === "number") {
    near(key, computed, expected);
    return;
  }
  for (const [field, value] of Object.entries(Object(expected) as Record<string, unknown>)) {
    const compute = computed[field];
    if (compute === undefined) throw new Error(`${field} of ${key} is computed by nothing here.`);
    near(`${key} ${field}`, compute(), value);
  }
});

/** Relative 1e-8, the specification's tolerance. */
function near(path: string, computed: number | readonly number[], expected: unknown): void {
  if (Array.isArray(expected)) {
    expect(computed, path).toEqual(expected);
    return;
  }
  expect(typeof expected, path).toBe("number");
  const relative = UNDETERMINED[path.replace(/_(X|rev)$/, "")] ?? 1e-8;
  const error = Math.abs(Number(computed) - Number(expected));
  expect(error, `${path}: ${computed} for ${expected}`).toBeLessThanOrEqual(relative * Math.abs(Number(expected)));
}
