import type { AnalysisManifest, ParameterValues, QuantityDefinition, TargetRef } from "../../../src/analysis/types.ts";
import { ModeScopeError, serializeError } from "../../../src/base/errors.ts";
import type { AxisLabels } from "../../../src/base/labels.ts";
import type { DescribedTensor } from "../../../src/base/tensor.ts";
import type { CheckpointSummary, Reference } from "../../../src/protocol/contract.ts";
import type { PanelPeer } from "../../shell/types.ts";

const PAGE = 1000;

export interface SessionReference extends Reference {
  readonly checkpoint: string | null;
  /** Why it could not be opened; null if it could. */
  readonly problem: string | null;
}

/** The tensor that the panel shows, and the way to ask about it. */
export interface TensorSession {
  readonly summary: CheckpointSummary;
  readonly tensor: DescribedTensor;
  /** The checkpoint that "learned" is measured against; null for none. */
  readonly reference: SessionReference | null;
  /** Lets a person choose it; tells whether it changed. */
  chooseReference(): Promise<boolean>;
  /** Names along the tensor's axes that the file itself has. */
  readonly labels: AxisLabels | null;
  quantity(analysis: string, field: string): QuantityDefinition | null;
  run(analysis: string, target: TargetRef, parameters: ParameterValues, signal: AbortSignal): Promise<unknown>;
}

export async function openSession(
  peer: PanelPeer,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<TensorSession> {
  const [summary, info, found] = await Promise.all([
    peer.request("checkpoint/open", { uri }, signal),
    peer.request("engine/info", {}, signal),
    // A host without folders has none to offer.
    peer.request("reference/get", {}, signal).catch(() => null),
  ]);
  let reference = found === null ? null : await openReference(peer, found);
  const tensor = await findTensor(peer, summary, name, signal);
  const { labels } = await peer.request("checkpoint/labels", { checkpoint: summary.checkpoint, tensor: name }, signal);
  const manifests = new Map<string, AnalysisManifest>(info.analyses.map((manifest) => [manifest.id, manifest]));
  return {
    summary,
    tensor,
    get reference() {
      return reference;
    },
    async chooseReference() {
      const { changed, reference: chosen } = await peer.request("reference/choose", {});
      if (changed) reference = chosen === null ? null : await openReference(peer, chosen);
      return changed;
    },
    labels,
    quantity: (analysis, field) => manifests.get(analysis)?.quantities[field] ?? null,
    async run(analysis, target, parameters, abort) {
      const { checkpoint } = summary;
      const against = manifests.get(analysis)?.reference === undefined ? null : (reference?.checkpoint ?? null);
      return (
        await peer.request(
          "analysis/run",
          { checkpoint, analysis, target, parameters, ...(against === null ? {} : { reference: against }) },
          abort,
        )
      ).result;
    },
  };
}

async function openReference(peer: PanelPeer, reference: Reference): Promise<SessionReference> {
  try {
    const { checkpoint } = await peer.request("checkpoint/open", { uri: reference.uri });
    return { ...reference, checkpoint, problem: null };
  } catch (error) {
    return { ...reference, checkpoint: null, problem: serializeError(error).message };
  }
}

async function findTensor(
  peer: PanelPeer,
  summary: CheckpointSummary,
  name: string,
  signal: AbortSignal,
): Promise<DescribedTensor> {
  for (let from = 0; ; from += PAGE) {
    const { checkpoint } = summary;
    const { tensors } = await peer.request("checkpoint/tensors", { checkpoint, from, count: PAGE }, signal);
    const found = tensors.find((tensor) => tensor.name === name);
    if (found !== undefined) return found;
    if (tensors.length < PAGE) break;
  }
  throw new ModeScopeError("unknown-tensor", `There is no tensor “${name}” in ${summary.name}.`, {
    tensor: name,
    uri: summary.uri,
    remedy: "The file may have been rewritten: open its overview and choose a tensor there.",
  });
}
