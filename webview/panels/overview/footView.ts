import { html, type TemplateResult } from "lit";
import type { CheckpointSummary } from "../../../src/protocol/contract.ts";
import { remarksTemplate } from "./againstView.ts";
import type { OverviewModel, ReasonGroup } from "./model.ts";
import { metadataTemplate, reasonsTemplate } from "./summaryView.ts";

/** Below the table: remarks on weights, what has no numbers and why, what else the file says. */
export function footTemplate(summary: CheckpointSummary, model: OverviewModel): TemplateResult {
  return html`${remarksTemplate(model.remarks())}${reasonsTemplate([
    { noun: "tensor", lack: "could not be read", groups: skippedGroups(summary) },
    { noun: "row", lack: "without statistics", groups: model.unanalysed("statistics") },
    { noun: "row", lack: "without a spectrum", groups: model.unanalysed("spectrum") },
    ...(model.compared ? [{ noun: "row", lack: "without a comparison", groups: model.unanalysed("travel") }] : []),
  ])}${metadataTemplate(summary.metadata)}`;
}

function skippedGroups({ skipped }: CheckpointSummary): readonly ReasonGroup[] {
  const groups = new Map<string, string[]>();
  for (const { name, reason } of skipped) {
    const names = groups.get(reason) ?? [];
    groups.set(reason, names);
    names.push(name);
  }
  return [...groups].map(([reason, names]) => ({ kind: "skipped", reason, names }));
}
