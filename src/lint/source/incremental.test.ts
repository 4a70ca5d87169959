import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../types.ts";
import { SourceLint } from "./sourceLint.ts";

/** The one property of everything that is kept between two keys: what is said is what a first look at the same text would say. */

const FIXTURES = new URL("../../../test/fixtures/lint/historical/", import.meta.url);
const HISTORICAL = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES), "utf8"));
const SAMPLE = readFileSync(new URL("../../../samples/transformer/train.py", import.meta.url), "utf8");

/** Classes on classes, functions on functions, code of the module that makes networks and changes them, and a script. */
const WOVEN = `import torch
from torch import nn
import torch.nn.functional as F
WIDTH = 64
DEPTH = 20
class Base(nn.Module):
    width = WIDTH
    def __init__(self, depth=DEPTH):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(self.width, self.width) for _ in range(depth)])
        self.apply(draw)
    def forward(self, x):
        for layer in self.layers:
            x = act(layer(x))
        return x
class Wide(Base):
    width = 256
class Deep(Wide):
    def __init__(self):
        super().__init__(60)
        nn.init.constant_(self.layers[0].weight, 0.5)
def draw(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
def act(x):
    return torch.tanh(x)
def stack(n, width=WIDTH):
    layers = []
    for _ in range(n):
        layers += [nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*layers)
model = stack(24)
for p in model.parameters():
    if p.dim() > 1:
        nn.init.normal_(p, std=0.01)
head = nn.Linear(WIDTH, 10)
nn.init.uniform_(head.weight)
both = nn.Sequential(model, head)
def make(width):
    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(width, width)
        def forward(self, x):
            return torch.sigmoid(self.a(x))
    return Inner
Inner = make(32)
shared = Deep()
if __name__ == "__main__":
    net = Deep()
    nn.init.ones_(both[1].weight)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
`;

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const LINES = [
  "nn.init.zeros_(model[0].weight)",
  "model = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), model)",
  "head = model[0]",
  "WIDTH = 128",
  "DEPTH += 7",
  "act = F.relu",
  "from torch.nn import *",
  "from keras.layers import *",
  "import torch.nn.functional as nn",
  "class Base(nn.Module): pass",
  "class Wide(nn.Module):\n    width = 9",
  "Deep = Wide",
  "Inner = make(WIDTH)",
  "if WIDTH > 3:\n    model = stack(3)",
  "if unknown:\n    head = nn.Linear(3, 3)",
  "try:\n    import apex\nexcept ImportError:\n    act = torch.sigmoid",
  "for m in model.modules():\n    draw(m)",
  "def draw(m):\n    nn.init.orthogonal_(m.weight)",
  "shared.layers[0] = head",
  "model.append(nn.Linear(3, 4))",
  "# modescope: ignore-file[MF008]",
  "(y := stack(4))",
  "'''",
  "del model",
  "if __name__ == '__main__':\n    model = stack(30)\n    from torch.nn import *",
];

/** `lines` without `count` of them from `at` on, and with others there. */
function spliced(lines: readonly string[], at: number, count: number, ...others: readonly string[]): string {
  return [...lines.slice(0, at), ...others, ...lines.slice(at + count)].join("\n");
}

/** Lines with which statements of the module begin. */
function starts(lines: readonly string[]): number[] {
  return lines.flatMap((line, index) => (/^\S/.test(line) ? [index] : []));
}

function edited(text: string, random: (below: number) => number, earlier: readonly string[]): string {
  const lines = text.split("\n");
  const at = random(lines.length);
  const word = /[A-Za-z_]\w*/g;
  switch (random(12)) {
    case 0: {
      const place = random(text.length + 1);
      return (
        text.slice(0, place) +
        (["x", "(", ")", ":", "\n", "    ", "#", "'", "=", "1"][random(10)] ?? "") +
        text.slice(place)
      );
    }
    case 1: {
      const place = random(text.length + 1);
      return text.slice(0, place) + text.slice(place + 1 + random(9));
    }
    case 2:
      return spliced(lines, at, 1 + random(3));
    case 3:
      return spliced(lines, at, 0, lines[random(lines.length)] ?? "");
    case 4:
    case 5: {
      const places = starts(lines);
      return spliced(lines, places[random(places.length)] ?? 0, 0, LINES[random(LINES.length)] ?? "");
    }
    case 6: {
      // A block of the module changes its place.
      const places = [...starts(lines), lines.length];
      const one = random(places.length - 1);
      const block = lines.slice(places[one], places[one + 1]);
      const rest = [...lines.slice(0, places[one]), ...lines.slice(places[one + 1])];
      const others = starts(rest);
      return spliced(rest, others[random(others.length)] ?? 0, 0, ...block);
    }
    case 7: {
      // A name becomes another, everywhere or once.
      const words = text.match(word) ?? [];
      const [from, to] = [words[random(words.length)], words[random(words.length)]];
      if (from === undefined || to === undefined) return text;
      return random(2) === 0 ? text.replaceAll(new RegExp(`\\b${from}\\b`, "g"), `${from}_2`) : text.replace(from, to);
    }
    case 8: {
      // A number grows.
      const numbers = [...text.matchAll(/\b\d+\b/g)];
      const number = numbers[random(numbers.length)];
      return number === undefined
        ? text
        : text.slice(0, number.index) + String(1 + random(300)) + text.slice(number.index + number[0].length);
    }
    case 9: {
      // A base class becomes another.
      const classes = [...text.matchAll(/class (\w+)\(([\w.]+)\)/g)];
      const [one, other] = [classes[random(classes.length)], classes[random(classes.length)]];
      return one === undefined || other === undefined
        ? text
        : text.replace(one[0], `class ${one[1]}(${random(2) === 0 ? other[1] : other[2]})`);
    }
    default:
      // Undone, or typed further.
      return random(2) === 0
        ? (earlier[random(earlier.length)] ?? text)
        : `${text.slice(0, random(text.length))}self.w = nn.Linear(3, 4)\n${text.slice(random(text.length))}`;
  }
}

function cold(text: string) {
  return new SourceLint().lint(text, DEFAULT_SETTINGS);
}

test.each([
  ["code that is woven together", WOVEN, 16, 40],
  ["scripts one behind the other, with the same names", HISTORICAL.slice(0, 6).join("\n"), 3, 40],
  ["the other scripts", HISTORICAL.slice(6, 14).join("\n"), 3, 40],
  ["Keras, Flax and the rest", HISTORICAL.slice(14).join("\n"), 2, 30],
  ["a sample that trains", SAMPLE, 4, 40],
])(
  "after any edit the report is that of the whole text: %s",
  (_what, source, seeds, edits) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const random = generator(seed * 7919);
      const lint = new SourceLint();
      const earlier = [source];
      let text = source;
      lint.lint(text, DEFAULT_SETTINGS);
      for (let edit = 0; edit < edits; edit++) {
        text = edited(text, random, earlier);
        if (text.length > 3 * source.length) text = source;
        earlier.push(text);
        const report = lint.lint(text, DEFAULT_SETTINGS);
        const expected = cold(text);
        expect(report, `seed ${seed}, edit ${edit}\n${text}`).toEqual(expected);
      }
    }
  },
  300_000,
);
