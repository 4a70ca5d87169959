import { analyses, extensionApi } from "./cases.ts";
import { check, eventually, type Test } from "./runner.ts";

/** Where the engine is a process of its own, its end must not be the extension's. */
export const CRASH: readonly Test[] = [
  {
    name: "a killed compute process costs its job, and the next checkpoint is analysed by another",
    async run() {
      await analyses("rnn/gru/checkpoints/step-0000.pt", 4);
      const { testApi } = await extensionApi();
      const first = testApi.computeProcess();
      check(first !== null, "There is no compute process.");
      process.kill(first, "SIGKILL");
      await eventually("its end to be noticed", async () => (testApi.computeProcess() === first ? undefined : true));
      await analyses("rnn/gru/checkpoints/step-1000.pt", 4);
      const second = testApi.computeProcess();
      check(second !== null && second !== first, `The compute process is ${second} after ${first} was killed.`);
    },
  },
];
