// The leading triplets of a large matrix to a stated residual.
import { compare } from "../lib/compare.mjs";
import { comparisonTable } from "../lib/comparisonTable.mjs";
import { matrixFile } from "../lib/matrixFiles.mjs";
import { power } from "../lib/table.mjs";

const K = 32;
const TOLERANCE = 1e-3;
/** Columns of svd_lowrank's sketch; more than the 6 usual spare ones, which is what makes few iterations do. */
const SKETCH = 96;
/** Power iterations tried, in rising order, until the residual is met. */
const ITERATIONS = [2, 4, 8, 16, 32, 64];

export const topk = {
  id: "topk",
  title: `Leading ${K} triplets to a relative residual of ${TOLERANCE}`,

  async run({ peers, rounds, quick, gemm, say }) {
    const cases = [];
    for (const [rows, columns] of quick
      ? [[2048, 2048]]
      : [
          [2048, 2048],
          [4096, 11008],
        ]) {
      const name = `${rows}×${columns}`;
      say(`top ${K} of ${name}`);
      const file = await matrixFile(rows, columns, gemm);
      const niter = peers.has("torch") ? await enoughIterations(peers, file, say) : ITERATIONS[0];
      const questions = {
        product: { task: "top", ...file, k: K, tolerance: TOLERANCE },
        productAll: { task: "top", ...file, k: K, tolerance: TOLERANCE },
        product20: { task: "top", ...file, k: K, tolerance: TOLERANCE },
        svds: { task: "top_svds", ...file, k: K, tolerance: 0 },
        svdsLoose: { task: "top_svds", ...file, k: K, tolerance: TOLERANCE },
        lowrank: { task: "top_lowrank", ...file, k: K, q: SKETCH, niter },
      };
      const result = await compare(peers, questions, Math.min(rounds, 3), { compareBy: ["top"], say });
      cases.push({ name, niter, ...result });
    }
    return { cases };
  },

  report: ({ cases }) =>
    [
      comparisonTable("size", cases),
      "",
      "Largest residual max(‖Av−σu‖, ‖Aᵀu−σv‖)/σ₁ over the triplets, computed anew in float64 outside the time:",
      "",
      ...cases.map(
        ({ name, niter, cells }) =>
          `- ${name}: ${Object.entries(cells)
            .flatMap(([id, { answer }]) =>
              answer?.residual === undefined ? [] : [`${RESIDUAL_NAMES[id]} ${power(answer.residual)}`],
            )
            .join(", ")}; svd_lowrank with a sketch of ${SKETCH} and ${niter} power iterations.`,
      ),
    ].join("\n"),

  bars: ({ cases }) => cases.map(({ name, cells }) => ({ label: `top ${K} of ${name}`, cells })),
};

const RESIDUAL_NAMES = {
  product: "ModeScope",
  productAll: "ModeScope on all threads",
  product20: "ModeScope on own Node",
  svds: "svds as it comes",
  svdsLoose: `svds with tol ${TOLERANCE}`,
  lowrank: "svd_lowrank",
};

/** The fewest power iterations of the list with which svd_lowrank meets the residual; the last if none does. */
async function enoughIterations(peers, file, say) {
  for (const niter of ITERATIONS) {
    const { residual } = await peers.ask("torch", { task: "top_lowrank", ...file, k: K, q: SKETCH, niter });
    say(`  svd_lowrank, ${niter} power iterations: residual ${residual.toExponential(1)}`);
    if (residual <= TOLERANCE) return niter;
  }
  return ITERATIONS.at(-1);
}
