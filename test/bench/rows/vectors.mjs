// The thin SVD: values and both sides' vectors of one matrix.
import { compare } from "../lib/compare.mjs";
import { comparisonTable } from "../lib/comparisonTable.mjs";
import { matrixFile } from "../lib/matrixFiles.mjs";

const QUICK = [
  [256, 256],
  [512, 512],
];
const FULL = [
  [256, 256],
  [512, 512],
  [1024, 1024],
  [768, 3072],
  [2048, 2048],
];
/** Beyond this smaller side ml-matrix takes minutes. */
const SLOW_LIMIT = 256;
const LARGE = 2048;

export const vectors = {
  id: "vectors",
  title: "Thin SVD with both sides' vectors",

  async run({ peers, rounds, quick, gemm, say }) {
    const cases = [];
    for (const [rows, columns] of quick ? QUICK : FULL) {
      const name = `${rows}×${columns}`;
      say(`vectors ${name}`);
      const file = await matrixFile(rows, columns, gemm);
      const large = Math.min(rows, columns) >= LARGE;
      const questions = {
        product: { task: "vectors", ...file },
        productAll: { task: "vectors", ...file },
        product20: { task: "vectors", ...file },
        numpy1: { task: "vectors_numpy", ...file },
        numpy: { task: "vectors_numpy", ...file },
        torch1: { task: "vectors_torch", ...file },
        torch: { task: "vectors_torch", ...file },
        ...(Math.min(rows, columns) <= SLOW_LIMIT ? { mlMatrix: { task: "vectors", ...file } } : {}),
      };
      const options = { warmUp: !large, compareBy: ["top", "sum"], say };
      cases.push({ name, ...(await compare(peers, questions, large ? Math.min(rounds, 2) : rounds, options)) });
    }
    return { cases };
  },

  report: ({ cases }) => comparisonTable("size", cases),
  bars: ({ cases }) => cases.map(({ name, cells }) => ({ label: `vectors ${name}`, cells })),
};
