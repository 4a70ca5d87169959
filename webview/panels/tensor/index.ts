import { DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled, ModeScopeError } from "../../../src/base/errors.ts";
import { make } from "../../charts/dom.ts";
import type { Panel } from "../../shell/types.ts";
import { openSession } from "./session.ts";
import { tensorView } from "./tensorView.ts";
import "../../charts/charts.css";
import "./tensor.css";

const CHANGES = {
  modified: "The file changed on disk: what is shown is of the version before.",
  deleted: "The file is gone from disk: what is shown is of the version that was there.",
} as const;

/** One tensor: what it is, its numbers, spectrum, distribution, picture and modes. */
export const tensorPanel: Panel = {
  id: "tensor",
  title: "Tensor",
  mount(element, host) {
    const { target, uri } = host.context;
    const page = make("div", "ms-tensor");
    const banner = make("div", "ms-tensor-banner");
    banner.setAttribute("role", "status");
    const content = make("div", "ms-tensor-content");
    page.append(banner, content);
    element.append(page);
    let shown = new DisposableStore();
    let current: string | null = null;

    const load = async () => {
      shown.dispose();
      shown = new DisposableStore();
      const mine = shown;
      const abort = new AbortController();
      mine.add({ dispose: () => abort.abort() });
      banner.replaceChildren();
      content.replaceChildren(loadingRow());
      try {
        if (target === null) throw noTensor();
        const session = await openSession(host.peer, uri, target.tensor, abort.signal);
        if (abort.signal.aborted) return;
        current = session.summary.checkpoint;
        content.replaceChildren();
        mine.add(tensorView(content, host, session, target));
      } catch (error) {
        if (!abort.signal.aborted && !isCancelled(error)) host.fail(error);
      }
    };
    const changed = host.peer.on("checkpoint/changed", (event) => {
      if (event.checkpoint !== current && event.uri !== uri) return;
      const refresh = document.createElement("vscode-button");
      refresh.textContent = "Refresh";
      refresh.addEventListener("click", () => void load());
      banner.replaceChildren(make("span", "", CHANGES[event.change]), refresh);
    });
    void load();

    return {
      dispose() {
        changed.dispose();
        shown.dispose();
        page.remove();
      },
    };
  },
};

function loadingRow(): HTMLElement {
  const row = make("div", "ms-section-progress");
  row.append(document.createElement("vscode-progress-ring"), make("span", "", "Opening the checkpoint…"));
  return row;
}

function noTensor(): ModeScopeError {
  return new ModeScopeError("bad-request", "No tensor was chosen for this view.", {
    remedy: "Open the checkpoint's overview and choose a row there.",
  });
}
