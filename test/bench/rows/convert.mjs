// Narrow dtypes to float32.
import { compare } from "../lib/compare.mjs";
import { comparisonTable } from "../lib/comparisonTable.mjs";
import { codesFile } from "../lib/matrixFiles.mjs";

const ELEMENTS = 2 ** 24;
/** Codes with an exponent of ones are NaN or infinite; numbers are what files hold. */
const DTYPES = [
  { name: "bf16", bytes: 2, torch: "bfloat16", finite: (code) => (code & 0x7f80) !== 0x7f80 },
  { name: "f16", bytes: 2, torch: "float16", finite: (code) => (code & 0x7c00) !== 0x7c00, numpy: true },
  { name: "f8_e4m3", bytes: 1, torch: "float8_e4m3fn", finite: (code) => (code & 0x7f) !== 0x7f },
  { name: "f8_e5m2", bytes: 1, torch: "float8_e5m2", finite: (code) => (code & 0x7c) !== 0x7c },
];

export const convert = {
  id: "convert",
  title: "16 Mi elements to float32",

  async run({ peers, rounds, quick, say }) {
    const cases = [];
    for (const { name, bytes, torch, finite, numpy } of DTYPES) {
      say(`convert ${name}`);
      const path = await codesFile(name, bytes, quick ? ELEMENTS / 4 : ELEMENTS, finite);
      const questions = {
        product: { task: "convert", path, dtype: name },
        productAll: { task: "convert", path, dtype: name },
        product20: { task: "convert", path, dtype: name },
        ...(numpy ? { numpy1: { task: "convert_numpy", path } } : {}),
        torch1: { task: "convert_torch", path, torch },
        torch: { task: "convert_torch", path, torch },
      };
      cases.push({
        name,
        ...(await compare(peers, questions, rounds, { warmUp: true, compareBy: ["elements"], say })),
      });
    }
    return { cases };
  },

  report: ({ cases }) => comparisonTable("dtype", cases),
  bars: ({ cases }) => cases.map(({ name, cells }) => ({ label: `${name} → f32`, cells })),
};
