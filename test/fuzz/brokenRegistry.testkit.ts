import { workerData } from "node:worker_threads";
import { FormatError } from "../../src/base/errors.ts";
import { npyFormat } from "../../src/formats/npy/index.ts";
import type { Format } from "../../src/formats/types.ts";
import type { WorkerData } from "./messages.ts";

const { from } = workerData as WorkerData;
const held: unknown[] = [];
let opened = from;

/** What the file of each case meets in a reader that is not careful: stands in for the registry, to see that the fuzzer sees. */
const MISTAKES: readonly (() => unknown)[] = [
  () => {
    throw new TypeError("planted: a fault of ours");
  },
  () => held.push(new Uint8Array(400 * 2 ** 20).fill(1)),
  () => Object.defineProperty(Object.prototype, "planted", { value: 1, configurable: true }),
  () => {
    for (;;);
  },
  () => {
    for (;;) held.push(new Array<unknown>(1e6).fill(held.length));
  },
  () => Promise.reject(new Error("planted: nobody waits for this")),
];

export const FORMATS: readonly Format[] = [
  {
    ...npyFormat,
    // Every case gets here, in order.
    sniff: () => true,
    async open(): Promise<never> {
      void MISTAKES[opened++]?.();
      throw new FormatError("Not this time.", { format: "npy" });
    },
  },
];
