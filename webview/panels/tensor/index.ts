import { DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled, ModeScopeError } from "../../../src/base/errors.ts";
import { make } from "../../charts/dom.ts";
import { fileBanner } from "../../shell/fileBanner.ts";
import type { Panel } from "../../shell/types.ts";
import { openSession } from "./session.ts";
import { tensorView } from "./tensorView.ts";
import "../../charts/charts.css";
import "./tensor.css";

/** One tensor: what it is, its numbers, spectrum, distribution, picture and modes. */
export const tensorPanel: Panel = {
  id: "tensor",
  title: "Tensor",
  mount(element, host) {
    const { target, uri } = host.context;
    const page = make("div", "ms-tensor");
    const content = make("div", "ms-tensor-content");
    let shown = new DisposableStore();
    let current: string | null = null;

    const load = async () => {
      shown.dispose();
      shown = new DisposableStore();
      const mine = shown;
      const abort = new AbortController();
      mine.add({ dispose: () => abort.abort() });
      banner.clear();
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
    const banner = fileBanner(
      host.peer,
      (change) => (change.checkpoint === current || change.uri === uri ? "The file" : null),
      () => void load(),
    );
    page.append(banner.element, content);
    element.append(page);
    void load();

    return {
      dispose() {
        banner.dispose();
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
