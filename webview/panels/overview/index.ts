import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { serializeError } from "../../../src/base/errors.ts";
import { showSkeleton } from "../../shell/skeleton.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import type { ShownReference } from "./againstView.ts";
import { OverviewLint } from "./lintRun.ts";
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
  const [info, reference] = await Promise.all([
    peer.request("engine/info", {}, signal),
    openReference(peer, store, signal),
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
  if (reference !== null && "checkpoint" in reference) model.compare();
  view.useReference(reference);
  const lint = store.add(new OverviewLint(peer, model, () => view.lintChanged()));
  view.useLint(lint);
  const exactLimit = spectrumParameters(info.analyses, context.settings.exactSpectrumLimit);
  const runs = store.add(
    new OverviewRuns(
      peer,
      checkpoint,
      model,
      // Of the change only the norms: its spectrum is for one tensor at a time.
      { statistics: {}, spectrum: exactLimit, travel: { modes: false } },
      reference !== null && "checkpoint" in reference ? reference.checkpoint : null,
      {
        changed: () => view.resultsChanged(),
        failed: (error) => view.showBanner(error instanceof Error ? error.message : String(error), true),
        // After the cheap numbers, so that the table comes first; and once more where ranks waited for spectra that are known now.
        through: (analysis) => {
          if (analysis === "statistics") void lint.start(false);
          else if (analysis === "spectrum" && lint.state.kind === "done" && (model.lint?.ranksWaiting ?? 0) > 0)
            void lint.start(true);
        },
      },
    ),
  );
  view.useRuns(runs);
  await runs.start();
}

/** Opens the checkpoint to compare with. One that cannot be read is said, and nothing is compared. */
async function openReference(
  peer: PanelHost["peer"],
  store: DisposableStore,
  signal: AbortSignal,
): Promise<ShownReference | null> {
  // An older host, or a file system without folders, has none to offer.
  const reference = await peer.request("reference/get", {}, signal).catch(() => null);
  if (reference === null) return null;
  try {
    const { checkpoint } = await peer.request("checkpoint/open", { uri: reference.uri }, signal);
    store.add({ dispose: () => void peer.request("checkpoint/close", { checkpoint }).catch(() => {}) });
    return { ...reference, checkpoint };
  } catch (error) {
    return { ...reference, problem: serializeError(error).message };
  }
}

/** The person's limit for exact spectra, where the analysis has such a parameter. */
function spectrumParameters(
  analyses: readonly { readonly id: string; readonly parameters: object }[],
  limit: number,
): Readonly<Record<string, number>> {
  const spectrum = analyses.find(({ id }) => id === "spectrum");
  return spectrum !== undefined && "exactLimit" in spectrum.parameters ? { exactLimit: limit } : {};
}
