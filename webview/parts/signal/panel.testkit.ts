import type { PanelContext } from "../../../src/protocol/contract.ts";
import { runStudyOn } from "../../../src/studies/_shared/runStudy.testkit.ts";
import type { Study } from "../../../src/studies/types.ts";
import { type PlayedPanel, playPanel as play } from "../../shell/panel.testkit.ts";
import type { Panel } from "../../shell/types.ts";

export { type PlayedPanel, until } from "../../shell/panel.testkit.ts";

/** A panel over the real study on real files, answers passed through JSON as a page does that has no typed arrays, unless they are `typed`. */
export function playPanel(
  panel: Panel,
  study: Study,
  path: string | null,
  options: {
    readonly state?: unknown;
    readonly context?: Partial<PanelContext>;
    readonly inputs?: string;
    /** Answers of the host's own, such as those about code. */
    readonly host?: Readonly<Record<string, (params: never) => unknown>>;
    readonly typed?: true;
  } = {},
): PlayedPanel {
  const { state, context, inputs, host, typed } = options;
  return play(panel, {
    state,
    studies: [study.manifest],
    context: {
      uri: path ?? "modescope-none:/x",
      files: path === null ? [] : [{ uri: path, name: path.slice(path.lastIndexOf("/") + 1) }],
      ...context,
    },
    answer: ({ files, parameters }) =>
      runStudyOn(
        study,
        files.map(({ role, uri }) => ({ role, path: uri })),
        parameters,
      ).then(({ result }) => (typed === true ? result : JSON.parse(JSON.stringify(result)))),
    host: { "files/choose": () => ({ files: inputs === undefined ? [] : [{ uri: inputs, name: inputs }] }), ...host },
  });
}
