import { SMOKE } from "../integration/cases.ts";
import { check, runTests } from "../integration/runner.ts";

/** The smoke tests in the web extension host: one worker of the browser, without Node. */
export function run(): Promise<void> {
  return runTests("web", [
    {
      name: "the extension host is a web worker",
      async run() {
        check(
          typeof process === "undefined" || process.versions?.node === undefined,
          "This suite was loaded into a Node host.",
        );
      },
    },
    ...SMOKE,
  ]);
}
