import type { DescribedTensor } from "../../../src/base/tensor.ts";
import type { CheckpointSummary } from "../../../src/protocol/contract.ts";
import type { PanelPeer } from "../../shell/types.ts";

/** Tensors asked for at once: some 500 kB of JSON. */
const PAGE_SIZE = 2000;

/** Lists all tensors page by page; `onPage` may paint the first ones before the last have come. */
export async function loadTensors(
  peer: PanelPeer,
  { checkpoint, totals }: CheckpointSummary,
  onPage: (tensors: readonly DescribedTensor[]) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < totals.tensors; ) {
    const { tensors } = await peer.request("checkpoint/tensors", { checkpoint, from, count: PAGE_SIZE }, signal);
    if (tensors.length === 0) return;
    from += tensors.length;
    onPage(tensors);
  }
}
