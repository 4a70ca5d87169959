// Edits that the phase diagram makes in Keras and Flax sources, run under Keras and Flax: `MODESCOPE_PYTHON=python node scripts/corpus/edits.mjs` plans each
// spelling of src/lint/edit/keywords.testkit.ts, runs the edited source, and holds the standard deviations that were drawn against those asked for.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { importSources } from "../_lib/fromSource.mjs";

/** Standard errors within which a drawn deviation is that asked for: of a hundred layers none is farther by chance. */
const WITHIN = 4;

const { KEYWORDS, planMove, applyEdits } = await importSources(
  'export { KEYWORDS } from "./src/lint/edit/keywords.testkit.ts";',
  'export { planMove } from "./src/lint/edit/plan.ts";',
  'export { applyEdits } from "./src/lint/edit/edits.ts";',
);
const edited = KEYWORDS.map(({ source, model, sigmaW, sigmaB, layers = null }) => {
  const plan = planMove(source, { model, sigmaW, sigmaB, layers });
  return { text: applyEdits(source, plan.edits), refused: plan.refusals.map(({ layer }) => layer) };
});
const script = fileURLToPath(new URL("edits.py", import.meta.url));
const { stdout, stderr, status } = spawnSync(process.env.MODESCOPE_PYTHON ?? "python3", [script], {
  input: JSON.stringify(edited.map(({ text }) => text)),
  encoding: "utf8",
  maxBuffer: 2 ** 28,
});
if (status !== 0) throw new Error(stderr.slice(-2000));
const { answers, ...versions } = JSON.parse(stdout);
let [ran, held, total] = [0, 0, 0];
for (const [k, { name, sigmaW, sigmaB, layers = null }] of KEYWORDS.entries()) {
  const answer = answers[k];
  if (answer.error !== undefined) {
    console.log(`not run   ${name}: ${answer.error}`);
    continue;
  }
  ran++;
  const moved = layers === null ? answer.layers : answer.layers.filter((_, index) => layers.includes(index));
  for (const [at, one] of moved.entries()) {
    total++;
    const off = (one.sigmaW - sigmaW) / Math.max(one.error, 2e-4 * sigmaW);
    // Of n biases the deviation is known to 1/√(2n).
    const bias = one.sigmaB === null ? 0 : (one.sigmaB - sigmaB) / Math.max(sigmaB / Math.sqrt(2 * one.biases), 1e-9);
    const holds = Math.abs(off) <= WITHIN && Math.abs(bias) <= WITHIN;
    if (holds) held++;
    else
      console.log(
        `off       ${name}, layer ${at} (${one.shape.join("×")}): σ_w ${one.sigmaW.toFixed(4)} ± ${one.error.toFixed(4)} for ${sigmaW.toFixed(4)}, σ_b ${one.sigmaB} for ${sigmaB}`,
      );
  }
}
console.log(
  `${ran} of ${KEYWORDS.length} edited sources run under Keras ${versions.keras}, Flax ${versions.flax} (JAX ${versions.jax}): ${held} of ${total} layers drawn as asked for, within ${WITHIN} standard errors`,
);
