import { expect, test } from "vitest";
import { CancelledError } from "../base/errors.ts";
import { DEFAULT_SETTINGS } from "../lint/types.ts";
import { lintHandlers } from "./lint.ts";

const network = (index: number) =>
  `class Net${index}(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(${index + 8}, ${index + 8}) for _ in range(30)])
    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x
`;
const LONG = `import torch\nfrom torch import nn\n${Array.from({ length: 400 }, (_, index) => network(index)).join("")}`;

test("a newer text of a document ends the lint of the older one, and others go on", async () => {
  const ask = lintHandlers()["lint/source"];
  const { signal } = new AbortController();
  const of = (document: string, text: string) => ask({ document, text, settings: DEFAULT_SETTINGS }, signal);
  const older = of("a", LONG);
  const other = of("b", `${LONG}# b\n`);
  const newer = of("a", network(1));
  await expect(older).rejects.toBeInstanceOf(CancelledError);
  expect((await newer).findings).toEqual([]);
  expect((await other).findings.length).toBeGreaterThan(0);
  // What was dropped halfway spoils nothing: the same text again, whole.
  expect(await of("a", `${LONG}# b\n`)).toEqual(await of("c", `${LONG}# b\n`));
});

test("who hangs up is not answered", async () => {
  const ask = lintHandlers()["lint/source"];
  const controller = new AbortController();
  const answer = ask({ document: "a", text: LONG, settings: DEFAULT_SETTINGS }, controller.signal);
  controller.abort();
  await expect(answer).rejects.toBeInstanceOf(CancelledError);
});
