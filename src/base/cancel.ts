import { CancelledError } from "./errors.ts";

/**
 * Asked by running kernels: cheap enough for every outer iteration (aim: at least every 20 ms of work).
 * In a Node worker it reads a shared flag, so it sees a cancel while the kernel holds the thread;
 * where memory cannot be shared the pool ends the worker instead.
 */
export interface CancelToken {
  readonly cancelled: boolean;
  throwIfCancelled(): void;
}

export const NEVER_CANCELLED: CancelToken = { cancelled: false, throwIfCancelled() {} };

/** A token over one Int32 slot: non-zero means cancelled. */
export function sharedCancelToken(flag: Int32Array): CancelToken {
  return {
    get cancelled() {
      return Atomics.load(flag, 0) !== 0;
    },
    throwIfCancelled() {
      if (Atomics.load(flag, 0) !== 0) throw new CancelledError();
    },
  };
}
