import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ExpectedTensor, expectValues, fixtureBytes, fixtureUrl, openBytes } from "../_shared/fixtures.testkit.ts";
import { torchscriptFormat } from "./index.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("torchscript/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const open = (name: string) => openBytes(torchscriptFormat, fixtureBytes(`torchscript/${name}`), name);

test.each(["branches.pt", "traced.jit"])(
  "%s: every tensor of every module under its state_dict's name",
  async (name) => {
    const checkpoint = await open(name);
    const wanted = expected[name]!;
    const own = checkpoint.tensors.filter((tensor) => !tensor.name.startsWith("constants/"));
    expect(own.map((tensor) => tensor.name).sort()).toEqual(Object.keys(wanted).sort());
    for (const [tensor, want] of Object.entries(wanted)) await expectValues(checkpoint, tensor, want);
    expect(checkpoint.skipped).toEqual([]);
    expect(checkpoint.findings).toEqual([]);
    expect(checkpoint.metadata.program).toMatch(/never run/);
  },
);

test("both branches and the weight that they share are there", async () => {
  const checkpoint = await open("branches.pt");
  const tied = checkpoint.tensors.find(({ name }) => name === "second_out.weight");
  expect(tied).toMatchObject({ sharesStorageWith: "first.0.weight", storedBytes: 0 });
  for (const branch of ["first.", "second.", "second_out."])
    expect(checkpoint.tensors.some(({ name }) => name.startsWith(branch))).toBe(true);
});

test("a frozen module's weights are its constants", async () => {
  const checkpoint = await open("frozen.torchscript");
  const wanted = Object.values(expected["frozen.torchscript"]!.net as unknown as Record<string, ExpectedTensor>);
  const found = await Promise.all(
    checkpoint.tensors.map(async ({ name, shape, elements }) => ({
      shape,
      values: [...(await checkpoint.read(name, 0, elements))],
    })),
  );
  for (const { shape, values } of wanted) expect(found).toContainEqual({ shape, values });
});

test("a constant of the program is a tensor of its own", async () => {
  const checkpoint = await open("traced.jit");
  const constants = checkpoint.tensors.filter(({ name }) => name.startsWith("constants/"));
  const values = await Promise.all(constants.map(({ name, elements }) => checkpoint.read(name, 0, elements)));
  expect(values.map((one) => [...one])).toContainEqual([0.5, -2]);
});
