import type { Disposable } from "../../src/base/disposable.ts";

/** Does one thing after the other, each in a turn of its own; with `together` all of them now. Disposing ends it. */
export function inTurns(steps: readonly (() => void)[], together: boolean): Disposable {
  return inSlices(steps.length, together ? steps.length : 1, (at) => steps[at]!());
}

/** Does `work` for 0 … count − 1, `most` of them now and as many whenever everything else has had its turn; disposing ends it. */
export function inSlices(count: number, most: number, work: (at: number) => void): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = 0;
  const slice = () => {
    const end = Math.min(count, at + most);
    while (at < end) work(at++);
    if (at < count) timer = setTimeout(slice, 0);
  };
  slice();
  return { dispose: () => clearTimeout(timer) };
}
