import { render } from "lit";
import type { OverviewLint } from "./lintRun.ts";
import { type LintActions, lintTemplate } from "./lintView.ts";
import type { Item, OverviewModel } from "./model.ts";
import type { ViewState } from "./viewState.ts";

/** What the filter box says to show only lines with findings. */
const WITH_FINDINGS = "findings>0";

interface Around {
  reveal(item: Item): void;
  open(item: Item): void;
  filter(text: string): void;
  changed(): void;
}

/** The findings above the table: what a person does there, and whether they are open. Nothing but a person opens them: the table stays where it is. */
export class LintArea {
  readonly element = document.createElement("div");
  #lint: OverviewLint | null = null;
  readonly #actions: LintActions;

  constructor(
    private readonly model: OverviewModel,
    private readonly state: ViewState,
    around: Around,
  ) {
    this.element.className = "ms-overview-lint";
    const about = (use: (item: Item) => void) => (finding: Parameters<LintActions["select"]>[0]) => {
      const item = model.itemOf(finding);
      if (item !== null) use(item);
    };
    this.#actions = {
      select: about((item) => around.reveal(item)),
      open: about((item) => around.open(item)),
      filter: (on) => around.filter(on ? WITH_FINDINGS : ""),
      cancel: () => this.#lint?.cancel(),
      start: () => void this.#lint?.start(true),
      toggled: (open) => {
        state.lintOpen = open;
        around.changed();
      },
    };
  }

  use(lint: OverviewLint): void {
    this.#lint = lint;
  }

  render(): void {
    const open = this.state.lintOpen;
    this.element.classList.toggle("ms-open", open);
    const filtered = this.state.filterText.trim() === WITH_FINDINGS;
    const state = this.#lint?.state ?? { kind: "waiting" };
    render(lintTemplate(this.model, state, { open, filtered }, this.#actions), this.element);
  }
}
