// Accuracy against LAPACK in float64: no times here.

import { HARD } from "../lib/hardMatrices.mjs";
import { rawFile } from "../lib/matrixFiles.mjs";
import { markdownTable, power } from "../lib/table.mjs";

export const accuracy = {
  id: "accuracy",
  title: "Accuracy against LAPACK in float64",

  async run({ peers, say }) {
    const cases = [];
    const ours = peers.has("product") ? "product" : "product20";
    for (const [name, make] of Object.entries(HARD)) {
      say(`accuracy ${name}`);
      const matrix = make();
      const file = await rawFile(name, matrix);
      const reference = peers.has("numpy1") ? (await peers.ask("numpy1", { task: "reference", ...file })).values : null;
      const answer = await peers.ask(ours, { task: "accuracy", ...file });
      const top = reference?.[0] ?? Number.NaN;
      cases.push({
        name,
        method: answer.method,
        error:
          reference === null
            ? null
            : Math.max(...reference.map((value, k) => Math.abs(value - answer.values[k]))) / top,
        vectorError:
          reference === null
            ? null
            : Math.max(...reference.map((value, k) => Math.abs(value - answer.vectorValues[k]))) / top,
        orthogonality: answer.orthogonality,
        residual: answer.residual,
      });
    }
    return { cases };
  },

  report: ({ cases }) =>
    markdownTable(
      ["matrix", "route", ">values: max |Δσ|/σ₁", ">thin SVD: max |Δσ|/σ₁", ">max |QᵀQ − I|", ">max residual/σ₁"],
      cases.map(({ name, method, error, vectorError, orthogonality, residual }) => [
        name,
        method,
        power(error ?? Number.NaN),
        power(vectorError ?? Number.NaN),
        power(orthogonality),
        power(residual),
      ]),
    ),
};
