// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { done, spectrum, statistics } from "./overview.testkit.ts";
import { button, extension, start, unmount, until } from "./panel.testkit.ts";

afterEach(unmount);

test("a skeleton at once, then header, security finding first, reasons; statistics, then spectrum", async () => {
  const root = start();
  expect(root.querySelector(".ms-skeleton")).not.toBeNull();
  await until(() => extension.runs[0]);
  expect(extension.runs[0]).toMatchObject({ analysis: "statistics", targets: "all" });
  expect(root.querySelector("h1")?.textContent).toBe("model.pt");
  const findings = [...root.querySelectorAll(".ms-finding")].map(({ className }) => className);
  expect(findings[0]).toContain("security");
  expect(findings[1]).toContain("warning");
  expect(root.querySelector(".ms-overview-bottom")?.textContent).toContain("complex");

  const all = [
    done("enc.w", statistics({ mean: 0.125 })),
    done("enc.b", statistics()),
    ...[0, 1, 2, 3].map((part) => done("lstm", statistics(), part)),
  ];
  extension.advance("r0", all, "finished");
  await until(() => extension.runs[1]);
  expect(extension.runs[1]).toMatchObject({ analysis: "spectrum", targets: "all" });
  extension.advance("r1", [done("enc.w", spectrum(2))], "running");
  await until(() => root.querySelector(".ms-progress")?.textContent?.includes("1 of 6"));
});

test("cancel stops; resume asks only for what is left", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.advance("r0", [done("enc.w", statistics())], "running");
  await until(() => root.querySelector(".ms-progress")?.textContent?.includes("1 of 6"));
  button(root, "Cancel")?.click();
  (await until(() => button(root, "Resume"))).click();
  await until(() => extension.runs[1]);
  const resumed = extension.runs[1];
  expect(resumed?.analysis).toBe("statistics");
  expect(resumed?.targets).toHaveLength(5);
  expect(resumed?.targets).not.toContainEqual({ tensor: "enc.w", part: null, tap: null });
});

test("a file changed on disk is said, and Refresh opens it again", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.host.emit("checkpoint/changed", { checkpoint: "c1", uri: "file:///w/model.pt", change: "modified" });
  expect(root.querySelector(".ms-banner")?.textContent).toContain("changed on disk");
  button(root, "Refresh")?.click();
  await until(() => extension.runs[1]);
  const methods = extension.calls.map(({ method }) => method);
  expect(methods.filter((method) => method === "checkpoint/open")).toHaveLength(2);
  expect(methods).toContain("checkpoint/close");
  expect(methods).toContain("run/cancel");
});

test("what cannot be opened says what, where, what to do; Retry tries again", async () => {
  const root = start((fake) => {
    fake.openFails = true;
  });
  const view = await until(() => root.querySelector(".ms-error"));
  for (const part of ["The header is cut.", "header", "8", "Copy it again."]) expect(view.textContent).toContain(part);
  extension.openFails = false;
  button(root, "Retry")?.click();
  await until(() => extension.runs[0]);
  expect(root.querySelector(".ms-error")).toBeNull();
});

test("state is kept for the panel and for the extension's serializer", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  root.querySelector<HTMLElement>("[aria-label='Show as flat list']")?.click();
  await until(() => JSON.stringify(extension.state).includes('"mode":"flat"'));
  expect(extension.state).toMatchObject({
    context: { panel: "overview", uri: "file:///w/model.pt", files: [], target: null },
  });
});

test("a checkpoint of a run leads to the run's learning dynamics; one that stands alone does not", async () => {
  const alone = start();
  await until(() => alone.querySelector(".ms-against"));
  expect(alone.querySelector(".ms-show-dynamics")).toBeNull();
  unmount();
  const root = start((fake) => {
    fake.reference = { uri: "file:///w/model-0.pt", name: "model-0.pt", firstOfRun: true };
  });
  (await until(() => root.querySelector<HTMLElement>(".ms-show-dynamics"))).click();
  await until(() => extension.calls.some(({ method }) => method === "panel/open"));
  expect(extension.calls.find(({ method }) => method === "panel/open")?.params).toEqual({
    panel: "dynamics",
    uri: "file:///w/model.pt",
    target: null,
  });
});
