// One task, many contestants: interleaved rounds, medians, ratios to the product, and a look at whether all found the same numbers.
import { interleave } from "./interleave.mjs";
import { median, relativeSpread, speedRatio } from "./statistics.mjs";

const ALL_THREADS = new Set(["productAll", "numpy", "torch", "svds", "svdsLoose", "lowrank", "weightwatcher"]);

/** float32 results of different algorithms agree to this; more, and they did different work. */
const AGREEMENT = 1e-4;

/**
 * `questions`: contestant id → question, of `peers` (see contestants.mjs). `compareBy`: fields of the answers that must agree.
 * Gives { cells: { id: { seconds, spread, runs, ratio, answer } | { gap } }, disagreements }.
 */
export async function compare(peers, questions, rounds, { warmUp, compareBy = [], say } = {}) {
  const asked = Object.entries(questions).filter(([id]) => peers.has(peerOf(id)));
  const results = await interleave(
    asked.map(([id, question]) => ({ id, run: () => peers.ask(peerOf(id), question) })),
    rounds,
    { warmUp, say },
  );
  return summarize(results, Object.keys(questions), peers.gaps, compareBy);
}

/** A contestant "svds" or "lowrank" is a task of the process of another. */
function peerOf(id) {
  return { svds: "numpy", svdsLoose: "numpy", lowrank: "torch" }[id] ?? id;
}

export function summarize(results, ids, gaps, compareBy = []) {
  const cells = {};
  for (const id of ids) {
    const result = results[id];
    if (result === undefined || result.error !== null || result.answer === null) {
      cells[id] = { gap: result?.error ?? gaps[id] ?? gaps[id.replace(/1$/, "")] ?? "it was not started" };
      continue;
    }
    const seconds = result.rounds.filter((value) => value !== undefined);
    cells[id] = {
      seconds: median(seconds),
      spread: relativeSpread(seconds),
      runs: seconds.length,
      ratio: speedRatio(oursFor(id, results)?.rounds ?? [], result.rounds),
      answer: result.answer,
    };
  }
  return { cells, disagreements: disagreements(cells, compareBy) };
}

/** Contestants that use every core are measured against the product doing so, the others against one thread of it; as VS Code runs it, else its other self. */
function oursFor(id, results) {
  const order = ALL_THREADS.has(id) ? ["productAll", "product", "product20"] : ["product", "product20"];
  return order.map((own) => results[own]).find((result) => result !== undefined && result.error === null);
}

function disagreements(cells, fields) {
  const known = Object.entries(cells).filter(([, cell]) => cell.answer !== undefined);
  return fields.flatMap((field) => {
    const values = known.flatMap(([id, { answer }]) =>
      typeof answer[field] === "number" ? [[id, answer[field]]] : [],
    );
    const middle = median(values.map(([, value]) => value));
    return values
      .filter(([, value]) => !(Math.abs(value - middle) <= AGREEMENT * Math.abs(middle)))
      .map(([id, value]) => `${id} found ${field} = ${value}, the others ${middle}`);
  });
}
