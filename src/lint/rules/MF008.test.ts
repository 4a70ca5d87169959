// What a mean is held against, and what it is not.
import { expect, test } from "vitest";
import { SourceLint } from "../source/sourceLint.ts";
import { DEFAULT_SETTINGS } from "../types.ts";

const rulesOf = (text: string) => new SourceLint().lint(text, DEFAULT_SETTINGS).findings.map(({ rule }) => rule);

test("MF008: a mean is held against weights, not against noise, positions, codebooks and masks", () => {
  const head = "import torch\nfrom torch import nn\n";
  const rules = (line: string) => rulesOf(`${head}${line}\n`);
  for (const line of [
    "keep = torch.rand_like(scores).uniform_() > 0.75",
    "positions = torch.zeros(9, 1)\nnn.init.uniform_(positions, a=0.0, b=0.1)",
    "nn.init.uniform_(module.codevectors)",
    "nn.init.uniform_(module.masked_spec_embed)",
    "diagonal = nn.Parameter(nn.init.uniform_(torch.empty(8, 1)).log())",
  ])
    expect(rules(line), line).toEqual([]);
  for (const line of [
    "nn.init.uniform_(m.weight)",
    "layer = nn.Linear(8, 8)\nlayer.weight.data.uniform_()",
    "layer = nn.Linear(8, 8)\nnn.init.uniform_(layer.weight)",
  ])
    expect(rules(line), line).toEqual(["MF008"]);
});
