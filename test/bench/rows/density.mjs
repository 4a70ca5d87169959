// Sums over the whole spectrum by stochastic Lanczos quadrature: equal probes and steps, float32 products, no reorthogonalization, on both sides.
import { compare } from "../lib/compare.mjs";
import { comparisonTable } from "../lib/comparisonTable.mjs";
import { matrixFile } from "../lib/matrixFiles.mjs";

export const density = {
  id: "density",
  title: "Spectral sums by stochastic Lanczos quadrature",

  async run({ peers, rounds, quick, gemm, product, say }) {
    const cases = [];
    for (const [rows, columns] of quick
      ? [[1024, 4096]]
      : [
          [1024, 4096],
          [4096, 4096],
        ]) {
      const name = `${rows}×${columns}`;
      say(`density ${name}`);
      const { QUADRATURE_PROBES: probes, QUADRATURE_STEPS: steps } = product;
      const file = await matrixFile(rows, columns, gemm);
      const questions = {
        product: { task: "density", ...file },
        productAll: { task: "density", ...file },
        product20: { task: "density", ...file },
        numpy1: { task: "density_numpy", ...file, probes, steps },
        numpy: { task: "density_numpy", ...file, probes, steps },
      };
      // Probes differ from each other, so the sums agree to a standard error, not to rounding.
      cases.push({ name, ...(await compare(peers, questions, Math.min(rounds, 3), { say })) });
    }
    return { cases };
  },

  report: ({ cases }) => comparisonTable("size", cases),
  bars: ({ cases }) => cases.map(({ name, cells }) => ({ label: `density ${name}`, cells })),
};
