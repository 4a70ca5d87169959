import { instantiate, SHARED_KERNELS } from "../exports.ts";
import { askedAt, BROKEN, doneAt, KERNEL, operandsOf, viewControl, waitWhile } from "./control.ts";

/** What a helper thread is started with. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly helpers: number;
  readonly index: number;
  readonly workspace: number;
}

/** The life of a helper: takes its share of each call until its thread is ended. Sleeps between calls. Never returns; a failure is told and ends it. */
export function runHelper({ module, memory, control, helpers, index, workspace }: HelperStart): void {
  const board = viewControl(control, helpers);
  const { words } = board;
  const [asked, done] = [askedAt(index), doneAt(index)];
  const operands = operandsOf(board, index);
  try {
    const exports = instantiate(module, memory, workspace);
    let call = 0;
    Atomics.store(words, done, call);
    for (;;) {
      const next = waitWhile(words, asked, call);
      if (next === call) continue;
      call = next;
      const kernel = SHARED_KERNELS[Atomics.load(words, KERNEL)];
      if (kernel === undefined) throw new RangeError("No such kernel.");
      exports[kernel](...operands);
      Atomics.store(words, done, call);
      Atomics.notify(words, done);
    }
  } catch (error) {
    Atomics.store(words, done, BROKEN);
    Atomics.notify(words, done);
    throw error;
  }
}
