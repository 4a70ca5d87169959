import { DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { PanelContext } from "../../../src/protocol/contract.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import { make } from "../../charts/dom.ts";
import type { Panel } from "../../shell/types.ts";
import { beliefsPart } from "./beliefsPart.ts";
import type { Quantities } from "./cards.ts";
import { differentiationPart } from "./differentiationPart.ts";
import { Fold } from "./fold.ts";
import { type HeaderActions, headerPart } from "./headerPart.ts";
import { inductionPart } from "./inductionPart.ts";
import { lawsPart } from "./lawsPart.ts";
import { matricesPart } from "./matricesPart.ts";
import { modesPart } from "./modesPart.ts";
import type { Part, PartContext } from "./part.ts";
import { DynamicsSession, type SessionView } from "./session.ts";
import { stoppingPart } from "./stoppingPart.ts";
import { TimeControl } from "./timeControl.ts";
import { readViewState } from "./viewState.ts";
import "../../charts/charts.css";
import "./dynamics.css";

/** "Learning dynamics of four-items/checkpoints": the folder of the run, with the one around it. */
function titleOf({ uri, files }: PanelContext): string {
  const parts = decoded(uri.replace(/^[\w-]+:\/\/[^/]*/, ""))
    .split("/")
    .filter((part) => part !== "");
  // A folder that was clicked is the run's own; of a file it is the one that holds it.
  const folder = files.length === 1 && !/\.\w+$/.test(parts[parts.length - 1] ?? "") ? parts : parts.slice(0, -1);
  return `Learning dynamics of ${folder.slice(-2).join("/")}`;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** A person types several fields in a row. */
const WORDS_MILLISECONDS = 400;

/** How a run learned: its modes beside theory, items that part, beliefs that come and go, matrices, and what flow would conserve. */
export const dynamicsPanel: Panel = {
  id: "dynamics",
  title: PANEL_TITLES.dynamics,
  mount(element, host) {
    const store = new DisposableStore();
    let state = readViewState(host.state.get());
    const context: PartContext = {
      recorded: host.context.recorded === true,
      state: () => state,
      save(part) {
        state = { ...state, ...part };
        host.state.set(state);
      },
    };
    let quantities: Quantities = {};
    const page = make("div", "ms-dynamics");
    element.append(page);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const quietly = (work: Promise<unknown>) => void work.catch((error) => isCancelled(error) || host.fail(error));
    const actions: HeaderActions = {
      chooseTable: () =>
        quietly(
          session.choose("Table of items × properties that the run was taught").then((file) => {
            if (file === null) return;
            context.save({ table: file.uri, mode: 0, belief: 0 });
            return session.ask();
          }),
        ),
      chooseInputs: () =>
        quietly(
          session.choose("Table of items × inputs").then((file) => {
            if (file === null) return;
            context.save({ inputs: file.uri });
            return session.ask(true);
          }),
        ),
      useTable(uri) {
        // All of it: which laws hold depends on whether squares or classes were taught.
        context.save({ table: uri, mode: 0, belief: 0 });
        quietly(session.ask());
      },
      dropInputs() {
        context.save({ inputs: null });
        quietly(session.ask(true));
      },
      setWord(field, value) {
        context.save({ words: { ...state.words, [field]: value.trim() } });
        clearTimeout(timer);
        timer = setTimeout(() => quietly(session.ask(true)), WORDS_MILLISECONDS);
      },
      setStep(uri, text) {
        const { [uri]: _old, ...rest } = state.given;
        const step = Number(text);
        context.save({ given: text.trim() === "" || !Number.isFinite(step) ? rest : { ...rest, [uri]: step } });
        quietly(session.ask());
      },
      setWithout(uri, without) {
        const others = state.without.filter((one) => one !== uri);
        context.save({ without: without ? [...others, uri] : others });
        quietly(session.ask());
      },
      cancel: () => session.cancel(),
      compute: () => quietly(session.start()),
    };
    const header = headerPart(page, titleOf(host.context), context, actions);
    const time = new TimeControl(
      (moment) => {
        for (const part of parts) part.setMoment?.(moment);
      },
      (moment) => context.save({ moment: moment >= lastIndex() ? null : moment }),
    );
    page.append(time.element);
    const body = make("div");
    page.append(body);
    const fold = (id: string, title: string) =>
      new Fold(body, id, title, state.folded.includes(id), (folded) => {
        const others = state.folded.filter((one) => one !== id);
        context.save({ folded: folded ? [...others, id] : others });
      });
    const parts: readonly Part[] = [
      modesPart(body, host.theme, context, fold),
      differentiationPart(body, host.theme, context, fold),
      beliefsPart(body, host.theme, context, fold),
      inductionPart(body, context, fold),
      stoppingPart(body, fold),
      matricesPart(body, host.theme, context, fold),
      lawsPart(body, host.theme, context, fold),
    ];
    let view: SessionView | null = null;
    const lastIndex = () => (view?.result?.checkpoints.length ?? 1) - 1;
    const show = () => {
      if (view === null) return;
      header.update(view, quantities);
      const steps = view.result?.checkpoints.map(({ step }) => step) ?? [];
      time.element.hidden = steps.length === 0;
      for (const part of parts) part.update(view, quantities);
      if (steps.length > 0) time.show(steps, state.moment);
    };
    const session = new DynamicsSession(
      host,
      () => state,
      (next) => {
        view = next;
        show();
      },
    );
    store.add(host.peer.on("series/changed", () => quietly(session.refresh())));
    quietly(
      host.peer.request("engine/info", {}).then(({ studies }) => {
        quantities = studies.find(({ id }) => id === "dynamics")?.quantities ?? {};
        show();
      }),
    );
    quietly(session.start());
    return {
      dispose() {
        clearTimeout(timer);
        session.dispose();
        time.dispose();
        store.dispose();
        for (const part of [header, ...parts]) part.dispose();
        page.remove();
      },
    };
  },
};
