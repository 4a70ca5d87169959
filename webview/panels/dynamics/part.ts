import type { Disposable } from "../../../src/base/disposable.ts";
import type { Quantities } from "./cards.ts";
import type { SessionView } from "./session.ts";
import type { ViewState } from "./viewState.ts";

/** What every part of the page has: the session's view, its own saved state, and the clock. */
export interface PartContext {
  /** Shown from a recording: nothing can be asked anew, so nothing is offered that would. */
  readonly recorded: boolean;
  state(): ViewState;
  save(part: Partial<ViewState>): void;
}

export interface Part extends Disposable {
  /** Draws anew. */
  update(view: SessionView, quantities: Quantities): void;
  /** The time slider moved: an index of a checkpoint, with a fraction between two. */
  setMoment?(moment: number): void;
}
