import type { PanelContext } from "../../src/protocol/contract.ts";
import { isRecord } from "../../src/protocol/guards.ts";
import type { VsCodeApi } from "./transport.ts";
import type { PanelState } from "./types.ts";

/**
 * Saved as `{ context: { panel, uri, files, target, begin }, panel }`: the first part is what the extension's serializer needs to bring a panel back,
 * the second belongs to the panel alone.
 */
export function panelState(api: Pick<VsCodeApi, "getState" | "setState">, context: PanelContext): PanelState {
  const { panel, uri, files, target, begin = null } = context;
  const place = { panel, uri, files, target, ...(begin === null ? {} : { begin }) };
  const identity = JSON.stringify(place);
  const saved = api.getState();
  // Another checkpoint in the same webview must not inherit scroll position or filter.
  let own = isRecord(saved) && JSON.stringify(saved.context) === identity ? saved.panel : undefined;
  const save = () => api.setState({ context: place, panel: own ?? null });
  save();
  return {
    get: () => own,
    set: (value) => {
      own = value;
      save();
    },
  };
}
