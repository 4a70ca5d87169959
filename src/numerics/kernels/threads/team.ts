import { ModeScopeError } from "../../../base/errors.ts";
import type { Executor } from "../compiled.ts";
import { type Exports, SHARED_KERNELS, type SharedKernel, WORKSPACE } from "../exports.ts";
import {
  askedAt,
  BROKEN,
  type Control,
  doneAt,
  KERNEL,
  newControl,
  operandsOf,
  STARTING,
  viewControl,
  waitWhile,
} from "./control.ts";
import type { HelperStart } from "./helper.ts";

/** Where helper threads come from, and how many a call may use just now. */
export interface ThreadSource {
  /** Most helpers there can ever be. */
  readonly most: number;
  /** Threads for the work at hand, this one included: others may need the cores. */
  allowed(): number;
  /** Starts a thread that calls `runHelper`. */
  start(helper: HelperStart): void;
  /** A helper died or does not answer: the memory is in an unknown state and this thread must end. */
  lost(): void;
}

/** Less work than this is done before a sleeping helper has woken up. */
const WORTH = 4e6;
/** A helper with a share as large as ours that takes so many times as long, and at least this long, is lost. */
const PATIENCE = 50;
const LEAST_MILLISECONDS = 20_000;
const NAP_MILLISECONDS = 250;

/**
 * Shares kernel calls with helper threads over one memory: fork and join at every call. Helpers start when they are first of use and take part once they
 * are ready, so that nobody waits for a thread to start; between calls everyone sleeps.
 */
export class Team implements Executor {
  readonly #buffer: SharedArrayBuffer;
  readonly #control: Control;
  #started = 0;
  #call = 0;

  constructor(
    private readonly source: ThreadSource,
    private readonly module: WebAssembly.Module,
    private readonly memory: WebAssembly.Memory,
  ) {
    this.#buffer = newControl(source.most);
    this.#control = viewControl(this.#buffer, source.most);
  }

  get helpers(): number {
    return this.source.most;
  }

  shares(own: Exports, flops: number): number {
    if (flops < WORTH) return 1;
    const wanted = Math.min(this.source.allowed(), this.source.most + 1) - 1;
    while (this.#started < wanted) this.#start(own, this.#started++);
    let ready = 0;
    while (ready < Math.min(wanted, this.#started) && this.#done(ready) !== STARTING) ready++;
    return ready + 1;
  }

  run(own: Exports, kernel: SharedKernel, count: number, operands: (index: number) => readonly number[]): void {
    const { words } = this.#control;
    Atomics.store(words, KERNEL, SHARED_KERNELS.indexOf(kernel));
    this.#call = (this.#call + 1) & 0x3fffffff;
    for (let helper = 0; helper + 1 < count; helper++) {
      operandsOf(this.#control, helper).set(operands(helper + 1));
      Atomics.store(words, askedAt(helper), this.#call);
      Atomics.notify(words, askedAt(helper));
    }
    const started = performance.now();
    own[kernel](...operands(0));
    const patience = Math.max(LEAST_MILLISECONDS, PATIENCE * (performance.now() - started));
    for (let helper = 0; helper + 1 < count; helper++) this.#join(helper, performance.now() + patience);
  }

  #join(helper: number, deadline: number): void {
    const at = doneAt(helper);
    let word = this.#done(helper);
    while (word !== this.#call) {
      if (word === BROKEN || performance.now() > deadline) {
        this.source.lost();
        throw new ModeScopeError("worker-lost", "A helper thread of this computation has died.", {
          remedy: "Run the analysis again. If it happens once more, lower modescope.compute.workers.",
        });
      }
      word = waitWhile(this.#control.words, at, word, NAP_MILLISECONDS);
    }
  }

  #done(helper: number): number {
    return Atomics.load(this.#control.words, doneAt(helper));
  }

  #start(own: Exports, index: number): void {
    this.source.start({
      module: this.module,
      memory: this.memory,
      control: this.#buffer,
      helpers: this.source.most,
      index,
      workspace: WORKSPACE + (1 + index) * own.workspaceBytes(),
    });
  }
}
