// ml-matrix behind one line of JSON for each question.
import { readFileSync } from "node:fs";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { serveLines } from "./serveLines.mjs";

function decompose({ path, rows, columns }, vectors) {
  const bytes = readFileSync(path);
  const matrix = Matrix.from1DArray(rows, columns, new Float32Array(bytes.buffer, bytes.byteOffset, rows * columns));
  const start = performance.now();
  const svd = new SingularValueDecomposition(matrix, {
    computeLeftSingularVectors: vectors,
    computeRightSingularVectors: vectors,
    autoTranspose: true,
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, top: svd.diagonal[0], sum: svd.diagonal.reduce((total, value) => total + value, 0) };
}

await serveLines({
  info: () => ({ node: process.versions.node, v8: process.versions.v8 }),
  values: (question) => decompose(question, false),
  vectors: (question) => decompose(question, true),
});
