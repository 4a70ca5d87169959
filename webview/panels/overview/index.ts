import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { showSkeleton } from "../../shell/skeleton.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { loadTensors } from "./load.ts";
import { OverviewModel } from "./model.ts";
import { OverviewRuns } from "./runs.ts";
import { OverviewView } from "./view.ts";

/** Every tensor of a checkpoint, with statistics and spectrum as they are computed. */
export const overviewPanel: Panel = {
  id: "overview",
  title: "Checkpoint Overview",
  mount(element, host) {
    let session = openSession(element, host, () => restart());
    const restart = () => {
      session.dispose();
      showSkeleton(element);
      session = openSession(element, host, () => restart());
    };
    return { dispose: () => session.dispose() };
  },
};

/** One opened version of the file, from open to close. */
function openSession(element: HTMLElement, host: PanelHost, restart: () => void): Disposable {
  const store = new DisposableStore();
  const stop = new AbortController();
  store.add({ dispose: () => stop.abort() });
  if (element.childElementCount === 0) showSkeleton(element);
  run(element, host, restart, store, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) host.fail(error);
  });
  return store;
}

async function run(
  element: HTMLElement,
  host: PanelHost,
  restart: () => void,
  store: DisposableStore,
  signal: AbortSignal,
): Promise<void> {
  const { peer, context } = host;
  const summary = await peer.request("checkpoint/open", { uri: context.uri }, signal);
  const { checkpoint } = summary;
  // The other side may be gone by then; its handles went with it.
  store.add({ dispose: () => void peer.request("checkpoint/close", { checkpoint }).catch(() => {}) });
  const model = new OverviewModel();
  const view = store.add(new OverviewView(element, { host, summary, model, refresh: restart }));
  store.add(
    peer.on("checkpoint/changed", (event) => {
      if (event.checkpoint !== checkpoint) return;
      const what = event.change === "deleted" ? "was deleted on disk" : "changed on disk";
      view.showBanner(`${summary.name} ${what} · the numbers below are of the version that was opened.`, true);
    }),
  );
  store.add(peer.on("engine/lost", ({ reason }) => view.showBanner(`A compute process ended: ${reason}`, true)));
  view.tensorsChanged();
  const [info] = await Promise.all([
    peer.request("engine/info", {}, signal),
    loadTensors(
      peer,
      summary,
      (tensors) => {
        model.add(tensors);
        view.tensorsChanged();
      },
      signal,
    ),
  ]);
  view.useManifests(info.analyses);
  const runs = store.add(
    new OverviewRuns(
      peer,
      checkpoint,
      model,
      { statistics: {}, spectrum: spectrumParameters(info.analyses, context.settings.exactSpectrumLimit) },
      {
        changed: () => view.resultsChanged(),
        failed: (error) => view.showBanner(error instanceof Error ? error.message : String(error), true),
      },
    ),
  );
  view.useRuns(runs);
  await runs.start();
}

/** The person's limit for exact spectra, where the analysis has such a parameter. */
function spectrumParameters(
  analyses: readonly { readonly id: string; readonly parameters: object }[],
  limit: number,
): Readonly<Record<string, number>> {
  const spectrum = analyses.find(({ id }) => id === "spectrum");
  return spectrum !== undefined && "exactLimit" in spectrum.parameters ? { exactLimit: limit } : {};
}
