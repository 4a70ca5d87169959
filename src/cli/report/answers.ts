import { ANALYSES } from "../../analysis/registry.ts";
import type { LabelList } from "../../base/labels.ts";
import type { RecordedAnswer } from "../../protocol/recording.ts";
import { STUDIES } from "../../studies/registry.ts";

/** What every panel asks first: the cards behind numbers come from here. */
export function recordedEngine(): RecordedAnswer[] {
  const analyses = ANALYSES.map(({ manifest }) => manifest);
  const studies = STUDIES.map(({ manifest }) => manifest);
  return [{ method: "engine/info", params: {}, result: { workers: 0, analyses, studies, cache: "" } }];
}

export function recordedLabels(lists: readonly LabelList[]): RecordedAnswer[] {
  return [
    {
      method: "labels/find",
      params: {},
      result: { lists, source: lists.length === 0 ? null : "a label file", problem: null },
    },
  ];
}
