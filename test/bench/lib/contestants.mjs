// All that is compared, started once. One that cannot be started is a gap with its reason, never silence.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../scripts/_lib/process.mjs";
import { startLinePeer } from "./linePeer.mjs";
import { editorNode } from "./machine.mjs";
import { ensurePython, peerEnvironment } from "./python.mjs";

const PEERS = join(ROOT, "test", "bench", "peers");

/** What the columns are called. `product` is ModeScope as VS Code runs it. */
export const TITLES = {
  product: "ModeScope, 1 thread",
  productAll: "ModeScope, all",
  product20: "ModeScope, 1 thread, own Node",
  numpy1: "NumPy, 1 thread",
  numpy: "NumPy, all",
  svds: "SciPy svds, all",
  torch1: "PyTorch, 1 thread",
  torch: "PyTorch, all",
  lowrank: "PyTorch svd_lowrank, all",
  weightwatcher: "WeightWatcher",
  mlMatrix: "ml-matrix",
};

export async function startContestants({ bundle, dist, say }) {
  const peers = new Map();
  const facts = {};
  const gaps = {};
  const start = async (id, command, args, threads) => {
    const peer = startLinePeer(command, args, peerEnvironment(threads));
    try {
      facts[id] = await peer.ask({ task: "info" });
      peers.set(id, peer);
    } catch (error) {
      gaps[id] = error instanceof Error ? error.message : String(error);
      say(`${id}: ${gaps[id]}`);
      peer.stop();
    }
  };
  const node = await editorNode();
  if (node === null) gaps.product = "VS Code's own Node is not in the cache (npm test puts it there)";
  else {
    await start("product", node, [join(PEERS, "product.mjs"), bundle, dist, "1"], null);
    await start("productAll", node, [join(PEERS, "product.mjs"), bundle, dist, String(availableParallelism())], null);
  }
  await start("product20", process.execPath, [join(PEERS, "product.mjs"), bundle, dist, "1"], null);
  await start("mlMatrix", process.execPath, [join(PEERS, "mlMatrix.mjs")], null);
  const python = await ensurePython(say);
  for (const [id, why] of Object.entries(python.gaps)) gaps[id] = why;
  if (python.installed.includes("numpy")) {
    const script = join(PEERS, "peer.py");
    // A process each: NumPy's and PyTorch's threads must not meet, nor one library's settings reach another.
    for (const id of ["numpy", ...(python.installed.includes("torch") ? ["torch"] : [])]) {
      await start(`${id}1`, python.python, [script], 1);
      await start(id, python.python, [script], null);
    }
  }
  return {
    facts,
    gaps,
    python,
    node,
    has: (id) => peers.has(id),
    ask: (id, question) => peers.get(id).ask(question),
    stop() {
      for (const peer of peers.values()) peer.stop();
    },
  };
}
