// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { done, finding, lintResult, spectrum } from "./overview.testkit.ts";
import { ALL, extension, start, unmount, until } from "./panel.testkit.ts";

afterEach(unmount);

test("the lint starts after the statistics; its findings stand above the table and on their lines", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  expect(extension.lints).toEqual([]);
  // Its line is there from the beginning: nothing moves when it comes.
  expect(root.querySelector(".ms-lint-summary")?.textContent).toContain("follows the statistics");
  extension.advance("r0", ALL, "finished");
  await until(() => extension.lints[0]);
  expect(extension.lints[0]?.anew).toBe(false);
  extension.lintIs(0, "running", null, 0.4);
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("Linting 40 %"));
  extension.lintIs(
    0,
    "finished",
    lintResult({
      findings: [
        finding("enc.w", "MF010", "information"),
        finding("lstm", "MF009", "error", 1),
        finding(null, "MF001", "warning"),
      ],
      skipped: [{ tensor: "enc.b", part: null, reason: "It is a bias." }],
      notes: ["Not compared with a source."],
    }),
  );
  const rows = await until(() => {
    const found = [...root.querySelectorAll<HTMLElement>(".ms-lint-row")];
    return found.length === 3 && found;
  });
  // Worst first; not even an error opens them by itself: the table stays where it is.
  expect(root.querySelector<HTMLDetailsElement>(".ms-lint")?.open).toBe(false);
  expect(rows.map((row) => row.querySelector(".ms-lint-tensor")?.textContent)).toEqual([
    "lstm · gate f",
    "the network",
    "enc.w",
  ]);
  const summaryText = root.querySelector(".ms-lint-summary")?.textContent ?? "";
  for (const words of ["1 error", "1 warning", "1 information", "lstm · gate f MF009 says so."])
    expect(summaryText).toContain(words);
  expect(root.querySelector(".ms-lint")?.textContent).toContain("Looks like before training.");
  expect(root.querySelector(".ms-lint")?.textContent).toContain("1 weight not asked everything: It is a bias.");
  expect(root.querySelector<HTMLAnchorElement>(".ms-lint-rule")?.href).toMatch(/docs\/rules\/MF009\.md$/);
  const marks = await until(() => {
    const found = [...root.querySelectorAll(".ms-table .ms-severity")];
    return found.length > 0 && found.map((mark) => mark.getAttribute("aria-label"));
  });
  expect(marks).toContain("1 finding: information MF010: MF010 says so.");
  expect(marks).toContain("1 finding: error MF009: MF009 says so.");
});

test("findings go by arrows as one tab stop; a click selects the line, Ctrl+Enter opens the tensor, a filter keeps the rest away", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.advance("r0", ALL, "finished");
  await until(() => extension.lints[0]);
  extension.lintIs(
    0,
    "finished",
    lintResult({ findings: [finding("lstm", "MF009", "error", 1), finding("enc.w", "MF010", "warning")] }),
  );
  const [first, second] = await until(() => {
    const found = [...root.querySelectorAll<HTMLElement>(".ms-lint-row")];
    return found.length === 2 && found;
  });
  expect([first?.tabIndex, second?.tabIndex]).toEqual([0, -1]);
  first?.focus();
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
  expect(document.activeElement).toBe(second);
  expect([first?.tabIndex, second?.tabIndex]).toEqual([-1, 0]);
  second?.click();
  await until(() => root.querySelector("[aria-selected='true'] .ms-name")?.textContent === "w");
  first?.click();
  await until(() => root.querySelector("[aria-selected='true'] .ms-name")?.textContent === "gate f");
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  await until(() => extension.calls.some(({ method }) => method === "panel/open"));
  expect(extension.calls.find(({ method }) => method === "panel/open")?.params).toMatchObject({
    panel: "tensor",
    target: { tensor: "lstm", part: 1 },
  });
  const filter = [...root.querySelectorAll<HTMLElement>(".ms-lint .ms-link")].find(({ textContent }) =>
    textContent.includes("only tensors with findings"),
  );
  filter?.click();
  await until(() => root.querySelector(".ms-count")?.textContent === "2 of 3");
  expect(filter?.getAttribute("aria-pressed")).toBe("true");
});

test("the lint runs again where ranks waited for spectra, follows a new run, stops and goes on, and is silent where it is off", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.advance("r0", ALL, "finished");
  await until(() => extension.lints[0]);
  extension.lintIs(0, "finished", lintResult({ ranksWaiting: 2 }));
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("No findings"));
  await until(() => extension.runs[1]);
  extension.advance("r1", [done("enc.w", spectrum(2))], "finished");
  await until(() => extension.lints[1]);
  expect(extension.lints[1]?.anew).toBe(true);
  extension.lintIs(1, "finished", lintResult({ findings: [finding("enc.w", "MF023", "warning")] }));
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("MF023"));
  extension.host.emit("lint/changed", {});
  await until(() => extension.lints[2]);
  extension.lintIs(2, "running", null, 0.1);
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("Linting 10 %"));
  const press = (text: string) =>
    [...root.querySelectorAll<HTMLElement>(".ms-lint .ms-link")].find((one) => one.textContent.includes(text))?.click();
  press("Cancel");
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("Lint stopped"));
  press("Lint again");
  await until(() => extension.lints[3]);
  expect(extension.lints[3]?.anew).toBe(true);

  unmount();
  const silent = start((fake) => {
    fake.lintOff = true;
  });
  await until(() => extension.runs[0]);
  extension.advance("r0", ALL, "finished");
  await until(() => extension.runs[1]);
  await until(() => silent.querySelector(".ms-lint")?.textContent?.includes("turned off in the settings"));
});

test("whoever opens the findings finds them open again, with room for them before the first has come", async () => {
  const root = start((fake) => {
    fake.state = {
      context: { panel: "overview", uri: "file:///w/model.pt", files: [], target: null },
      panel: { lintOpen: true },
    };
  });
  await until(() => extension.runs[0]);
  expect(root.querySelector<HTMLDetailsElement>(".ms-lint")?.open).toBe(true);
  expect(root.querySelector(".ms-overview-lint")?.classList).toContain("ms-open");
  const details = root.querySelector<HTMLDetailsElement>(".ms-lint")!;
  details.open = false;
  details.dispatchEvent(new Event("toggle"));
  expect(root.querySelector(".ms-overview-lint")?.classList).not.toContain("ms-open");
  await until(() => JSON.stringify(extension.state).includes('"lintOpen":false'));
});
