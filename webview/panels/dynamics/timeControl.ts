import type { Disposable } from "../../../src/base/disposable.ts";
import { make, uniqueId } from "../../charts/dom.ts";
import { stepText } from "./readings.ts";

/** Seconds that playing a whole run takes; with reduced motion one checkpoint a second, and nothing moves between. */
const WHOLE_SECONDS = 8;
const STILL_SECONDS = 1;

/** One slider over the checkpoints for all pictures that know time, with a button that plays. */
export class TimeControl implements Disposable {
  readonly element = make("div", "ms-time");
  readonly #slider = make("input", "ms-time-slider");
  readonly #label = make("output", "ms-time-label");
  readonly #play = make("button", "ms-icon-button");
  #steps: readonly number[] = [];
  #moment = 0;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `moved` is told of every move, `rested` where it stays. */
  constructor(
    private readonly moved: (moment: number) => void,
    private readonly rested: (moment: number) => void,
  ) {
    this.#slider.type = "range";
    this.#slider.min = "0";
    this.#slider.step = "1";
    this.#slider.id = uniqueId("ms-time");
    const caption = make("label", "", "Time");
    caption.htmlFor = this.#slider.id;
    this.#play.type = "button";
    this.#slider.addEventListener("input", () => {
      this.stop();
      this.#go(Number(this.#slider.value));
      this.rested(this.#moment);
    });
    this.#play.addEventListener("click", () => (this.playing ? this.stop() : this.#start()));
    this.#showButton();
    this.element.append(caption, this.#play, this.#slider, this.#label);
  }

  get playing(): boolean {
    return this.#frame !== 0 || this.#timer !== undefined;
  }

  get moment(): number {
    return this.#moment;
  }

  /** Other checkpoints; `moment` null is the last. */
  show(steps: readonly number[], moment: number | null): void {
    this.#steps = steps;
    this.#slider.max = String(Math.max(0, steps.length - 1));
    if (!this.playing) this.#go(Math.min(moment ?? steps.length - 1, steps.length - 1));
  }

  stop(): void {
    if (!this.playing) return;
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    this.#timer = undefined;
    this.#showButton();
    this.#go(Math.round(this.#moment));
    this.rested(this.#moment);
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.element.remove();
  }

  #start(): void {
    const last = this.#steps.length - 1;
    if (last < 1) return;
    if (this.#moment >= last) this.#go(0);
    if (reducedMotion()) this.#tick();
    else this.#glide(performance.now(), this.#moment);
    this.#showButton();
  }

  #glide(since: number, from: number): void {
    const last = this.#steps.length - 1;
    this.#frame = requestAnimationFrame((now) => {
      const moment = from + ((now - since) / 1000 / WHOLE_SECONDS) * last;
      this.#go(Math.min(last, moment));
      if (moment >= last) this.stop();
      else this.#glide(since, from);
    });
  }

  #tick(): void {
    this.#timer = setTimeout(() => {
      this.#go(this.#moment + 1);
      if (this.#moment >= this.#steps.length - 1) this.stop();
      else this.#tick();
    }, STILL_SECONDS * 1000);
  }

  #go(moment: number): void {
    this.#moment = Math.max(0, moment);
    const at = Math.round(this.#moment);
    const words = `step ${stepText(this.#steps[at] ?? 0)} of ${stepText(this.#steps[this.#steps.length - 1] ?? 0)}`;
    this.#slider.value = String(at);
    this.#slider.setAttribute("aria-valuetext", words);
    this.#label.textContent = words;
    this.moved(this.#moment);
  }

  #showButton(): void {
    const name = this.playing ? "Pause" : "Play the run";
    this.#play.setAttribute("aria-label", name);
    this.#play.title = name;
    this.#play.replaceChildren(make("span", `codicon codicon-${this.playing ? "debug-pause" : "play"}`));
  }
}

/** The editor's own setting, which a webview sees as a class, or the system's. */
function reducedMotion(): boolean {
  return (
    document.body.classList.contains("vscode-reduce-motion") ||
    (typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches)
  );
}
