// Every singular value of one matrix.
import { compare } from "../lib/compare.mjs";
import { comparisonTable } from "../lib/comparisonTable.mjs";
import { matrixFile } from "../lib/matrixFiles.mjs";

const QUICK = [
  [128, 128],
  [512, 512],
  [768, 768],
  [768, 3072],
];
const FULL = [
  [128, 128],
  [256, 256],
  [512, 512],
  [768, 768],
  [768, 2304],
  [768, 3072],
  [1024, 4096],
  [4096, 1024],
  [2048, 2048],
  [4096, 4096],
];
/** Beyond this smaller side ml-matrix takes minutes. */
const SLOW_LIMIT = 256;
/** From here on a matrix takes seconds: fewer rounds tell as much. */
const LARGE = 2048;

export const values = {
  id: "values",
  title: "Every singular value",

  async run({ peers, rounds, quick, gemm, say }) {
    const cases = [];
    for (const [rows, columns] of quick ? QUICK : FULL) {
      const name = `${rows}×${columns}`;
      say(`values ${name}`);
      const file = await matrixFile(rows, columns, gemm);
      const large = Math.min(rows, columns) >= LARGE;
      const questions = {
        product: { task: "values", ...file },
        productAll: { task: "values", ...file },
        product20: { task: "values", ...file },
        numpy1: { task: "values_numpy", ...file },
        numpy: { task: "values_numpy", ...file },
        torch1: { task: "values_torch", ...file },
        torch: { task: "values_torch", ...file },
        ...(Math.min(rows, columns) <= SLOW_LIMIT ? { mlMatrix: { task: "values", ...file } } : {}),
      };
      const options = { warmUp: !large, compareBy: ["top", "sum"], say };
      cases.push({ name, ...(await compare(peers, questions, large ? Math.min(rounds, 2) : rounds, options)) });
    }
    return { cases };
  },

  report: ({ cases }) => comparisonTable("size", cases),

  /** What the picture shows: times of the peers over ours. */
  bars: ({ cases }) => cases.map(({ name, cells }) => ({ label: `values ${name}`, cells })),
};
