import { render } from "lit";
import type { DistributionResult } from "../../../src/analysis/distribution/types.ts";
import type { HeatmapTile } from "../../../src/analysis/heatmap/types.ts";
import type { ModesResult } from "../../../src/analysis/modes/types.ts";
import type { SpectralNullResult } from "../../../src/analysis/spectral-null/types.ts";
import type { SpectrumResult } from "../../../src/analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../../src/analysis/statistics/types.ts";
import type { TravelResult } from "../../../src/analysis/travel/types.ts";
import type { TargetRef } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { inputImage } from "../../../src/base/imageShape.ts";
import { sideLabels } from "../../../src/base/labels.ts";
import type { CodeLine } from "../../../src/protocol/contract.ts";
import { make } from "../../charts/dom.ts";
import { heatmap } from "../../charts/heatmap.ts";
import { histogramChart } from "../../charts/histogramChart.ts";
import type { PanelHost } from "../../shell/types.ts";
import { changeView } from "./changeView.ts";
import { headerTemplate } from "./header.ts";
import { DRAWS, hierarchySection } from "./hierarchySection.ts";
import { modesView } from "./modesView.ts";
import { nullView } from "./nullView.ts";
import { spectrumReadings, statisticsReadings } from "./readings.ts";
import { Section } from "./section.ts";
import type { TensorSession } from "./session.ts";
import { type SpectrumView, spectrumView } from "./spectrumView.ts";
import { SummaryView } from "./summaryView.ts";
import { matrixSizeOf, settledTarget } from "./targets.ts";
import { readViewState, type SectionId, type ViewState } from "./viewState.ts";

/** More than any matrix that fits in memory at once: "all values, whatever it takes". */
const NO_LIMIT = 16384;

/** The panel once its tensor is known: header, summary numbers and the sections, all of one target at a time. */
export function tensorView(parent: HTMLElement, host: PanelHost, session: TensorSession, asked: TargetRef): Disposable {
  const store = new DisposableStore();
  const { tensor } = session;
  const digits = host.context.settings.significantDigits;
  // The same as the overview's, so that both show one answer from one cache entry.
  const limit = host.context.settings.exactSpectrumLimit;
  let spectrumParameters: Readonly<Record<string, string | number>> = { exactLimit: limit };
  let state: ViewState = readViewState(host.state.get(), asked);
  let target = settledTarget(tensor, { tensor: tensor.name, part: state.part, tap: state.tap });
  const keep = (change: Partial<ViewState>) => {
    state = { ...state, ...change };
    host.state.set(state);
  };

  const head = make("div");
  const summary = new SummaryView(session.quantity);
  parent.append(head, summary.element);
  let numbers = new AbortController();
  store.add({ dispose: () => numbers.abort() });

  // The spectrum feeds the summary and its own section; asking once keeps both on one answer.
  let spectrum: Promise<SpectrumResult> | null = null;
  const askSpectrum = (signal: AbortSignal) => {
    const asked = session.run("spectrum", target, spectrumParameters, signal) as Promise<SpectrumResult>;
    spectrum = asked;
    asked.then(
      (result) => spectrum === asked && summary.show("spectrum", spectrumReadings(result, digits)),
      (error) => spectrum === asked && summary.fail("spectrum", error),
    );
    return asked;
  };

  // The picture is there first; the null with the earlier weights' noise level follows and is drawn into it.
  let picture: SpectrumView | null = null;
  let known: SpectralNullResult | null = null;

  // A thousand permutations are not drawn unless asked for, but where the file names its items they are what it is for.
  const onDemand: readonly SectionId[] = session.labels === null ? ["hierarchy"] : [];

  const section = (
    id: SectionId,
    title: string,
    load: (body: HTMLElement, signal: AbortSignal) => Promise<Disposable>,
  ) =>
    store.add(
      new Section({
        id,
        title,
        open: onDemand.includes(id)
          ? state.opened.includes(id) || host.context.section === id
          : !state.closed.includes(id),
        onToggle: (open) =>
          keep({
            closed: [...state.closed.filter((other) => other !== id), ...(open ? [] : [id])],
            opened: [...state.opened.filter((other) => other !== id), ...(open ? [id] : [])],
          }),
        load,
      }),
    );

  const sections = [
    section("spectrum", "Spectrum", async (body, signal) => {
      const view = spectrumView(body, {
        result: await askSpectrum(signal),
        session,
        theme: host.theme,
        digits,
        scale: state.spectrumScale,
        onScale: (spectrumScale) => keep({ spectrumScale }),
        compute: (what) => {
          spectrumParameters =
            what === "exact" ? { exactLimit: NO_LIMIT } : { ...spectrumParameters, route: "floorless" };
          for (const one of sections.slice(0, what === "exact" ? 3 : 1)) one.reload();
        },
      });
      picture = view;
      if (known !== null) view.showNull(known);
      return {
        dispose() {
          if (picture === view) picture = null;
          view.dispose();
        },
      };
    }),
    section("null", "Signal and noise", async (body, signal) => {
      known = null;
      const { exactLimit } = spectrumParameters;
      const parameters = exactLimit === undefined ? {} : { exactLimit };
      const result = (await session.run("spectral-null", target, parameters, signal)) as SpectralNullResult;
      known = result;
      picture?.showNull(result);
      return nullView(body, { result, session, digits });
    }),
    section("change", "Change over training", async (body, signal) => {
      const { reference } = session;
      if (reference === null || reference.problem !== null) {
        body.append(
          make(
            "p",
            "ms-not-applicable",
            reference === null
              ? "There is no earlier checkpoint to compare with, and weights alone do not say what was learned. Choose one above."
              : `${reference.name} cannot be read: ${reference.problem}`,
          ),
        );
        return { dispose: () => body.replaceChildren() };
      }
      const { exactLimit } = spectrumParameters;
      const parameters = exactLimit === undefined ? {} : { exactLimit };
      return changeView(body, {
        result: (await session.run("travel", target, parameters, signal)) as TravelResult,
        session,
        theme: host.theme,
        digits,
        scale: state.changeScale,
        onScale: (changeScale) => keep({ changeScale }),
      });
    }),
    section("distribution", "Distribution", async (body, signal) =>
      histogramChart(body, host.theme, (await session.run("distribution", target, {}, signal)) as DistributionResult),
    ),
    section("heatmap", "Heatmap", (body, signal) => loadHeatmap(body, signal)),
    section("modes", "Modes", async (body, signal) => {
      const result = (await session.run("modes", target, {}, signal)) as ModesResult;
      const found = await host.peer.request("labels/find", {}, signal);
      const whole = target.part === null && target.tap === null;
      return modesView(body, {
        result,
        digits,
        chosen: state.mode,
        onChoose: (mode) => keep({ mode }),
        theme: host.theme,
        labels: found.numbersOnly
          ? { rows: null, columns: null }
          : sideLabels(result.reading, whole, session.labels, found.lists),
        picture: whole ? inputImage(tensor, result.columns) : null,
      });
    }),
  ];
  const hierarchy = section("hierarchy", "Mode hierarchy", (body, signal) =>
    hierarchySection(
      body,
      {
        host,
        session,
        target,
        choice: state.hierarchy ?? { items: null, geometry: "hidden", centre: false, draws: DRAWS[0] },
        choose(choice) {
          keep({ hierarchy: choice });
          hierarchy.reload();
        },
        warn: (error, retry) => hierarchy.warn(error, retry),
        onAsked: () => askOthers(),
      },
      signal,
    ).finally(() => askOthers()),
  );
  const ordered = session.labels === null ? [...sections, hierarchy] : [hierarchy, ...sections];
  const heatmapSection = sections[4]!;
  // What the panel was opened for is asked first: of a large matrix the other sections would take minutes before it.
  const shut = session.labels !== null && state.closed.includes("hierarchy");
  let othersWait = host.context.section === "hierarchy" && !shut;
  function askOthers(): void {
    if (!othersWait) return;
    othersWait = false;
    for (const one of sections) one.reload();
    askClosedSpectrum();
  }
  /** A closed section asks nothing, but its numbers belong to the summary all the same. */
  function askClosedSpectrum(): void {
    if (spectrum === null) askSpectrum(numbers.signal).catch(() => {});
  }

  /** Ends when the first tile is there; the chart itself goes on asking for tiles until it is disposed. */
  async function loadHeatmap(body: HTMLElement, signal: AbortSignal): Promise<Disposable> {
    const here = target;
    const fetch = (
      address: { level: number; tileRow: number; tileColumn: number },
      order: string,
      abort: AbortSignal,
    ) => session.run("heatmap", here, { ...address, order }, abort) as Promise<HeatmapTile>;
    // What cannot be read as a matrix is asked about once, so that the analysis itself says why not.
    const matrix =
      matrixSizeOf(tensor, here) ?? (await fetch({ level: 0, tileRow: 0, tileColumn: 0 }, state.order, signal));
    let chart: Disposable | null = null;
    try {
      await new Promise<void>((resolve, reject) => {
        let ready = false;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        chart = heatmap(body, host.theme, {
          matrix: { rows: matrix.rows, columns: matrix.columns },
          order: state.order,
          scale: state.colourScale,
          tile: fetch,
          onOrder: (order) => keep({ order }),
          onScale: (colourScale) => keep({ colourScale }),
          onReady() {
            ready = true;
            resolve();
          },
          onError: (error, retry) => (ready ? heatmapSection.warn(error, retry) : reject(error)),
        });
      });
    } catch (error) {
      (chart as Disposable | null)?.dispose();
      throw error;
    }
    return chart ?? { dispose() {} };
  }

  const askNumbers = () => {
    numbers.abort();
    numbers = new AbortController();
    const { signal } = numbers;
    summary.reset();
    session.run("statistics", target, {}, signal).then(
      (result) => !signal.aborted && summary.show("statistics", statisticsReadings(result as StatisticsResult, digits)),
      (error) => !signal.aborted && summary.fail("statistics", error),
    );
  };
  let code: readonly CodeLine[] = [];
  const openCode = () => void host.peer.request("code/open", { tensor: tensor.name }).catch(() => {});
  const showHeader = () =>
    render(
      headerTemplate(
        session.summary.name,
        tensor,
        target,
        choose,
        { places: code, open: openCode },
        {
          reference: session.reference,
          choose: chooseReference,
        },
      ),
      head,
    );
  const chooseReference = () =>
    void session.chooseReference().then(
      (changed) => changed && showTarget(),
      () => {},
    );
  const searching = new AbortController();
  store.add({ dispose: () => searching.abort() });
  // Where the code cannot be searched there is no link; that is no error of the tensor's.
  host.peer.request("code/find", { tensor: tensor.name }, searching.signal).then(
    ({ places }) => {
      code = places;
      showHeader();
    },
    () => {},
  );
  const showTarget = () => {
    showHeader();
    askNumbers();
    spectrum = null;
    spectrumParameters = { exactLimit: limit };
    if (othersWait) return hierarchy.reload();
    for (const one of ordered) one.reload();
    askClosedSpectrum();
  };
  const choose = (next: TargetRef) => {
    target = settledTarget(tensor, next);
    keep({ part: target.part, tap: target.tap, mode: 0 });
    showTarget();
  };

  parent.append(...ordered.map(({ element }) => element));
  showTarget();
  if (host.context.section === "hierarchy") hierarchy.element.scrollIntoView();
  return store;
}
