import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ExpectedTensor, expectValues, fixtureUrl } from "../_shared/fixtures.testkit.ts";
import { type FolderChange, fixtureFolder } from "../_shared/folderFixture.testkit.ts";
import { deepspeedFormat } from "./index.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("deepspeed/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const STEP = "global_step3";
const open = (stage: string, change: FolderChange = {}) =>
  fixtureFolder(`deepspeed/${stage}`, change)
    .open("latest")
    .then(({ checkpoint }) => checkpoint);
const rank = (index: number, prefix = "") => `${STEP}/${prefix}zero_pp_rank_${index}_mp_rank_00_optim_states.pt`;

test.each(["stage2", "stage3"])("%s: the float32 weights as DeepSpeed puts them together", async (stage) => {
  const checkpoint = await open(stage);
  expect(checkpoint.format).toBe("deepspeed");
  const wanted = expected[stage]!;
  const weights = checkpoint.tensors.filter(({ name }) => !name.startsWith("optimizer/"));
  expect(weights.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, want] of Object.entries(wanted)) await expectValues(checkpoint, name, want);
  expect(checkpoint.metadata.tag).toBe(STEP);
  expect(checkpoint.findings.filter(({ kind }) => kind === "security")).toEqual([]);
});

test.each(["stage2", "stage3"])("%s: Adam's moments stand beside the weights, with their shapes", async (stage) => {
  const checkpoint = await open(stage);
  const first = checkpoint.tensors.find(({ name }) => name === "optimizer/exp_avg/first.weight");
  expect(first?.shape).toEqual([7, 3]);
  const second = await checkpoint.read("optimizer/exp_avg_sq/first.weight", 0, 21);
  expect([...second].every((value) => value >= 0)).toBe(true);
  expect([...second].some((value) => value > 0)).toBe(true);
});

test("tied parameters are one tensor under two names", async () => {
  const checkpoint = await open("stage2");
  const tied = checkpoint.tensors.filter(({ sharesStorageWith }) => sharesStorageWith !== undefined);
  expect(tied.map(({ name }) => name)).toEqual(["out.weight"]);
});

test("without a rank's partition the training copies are shown, and it is said", async () => {
  for (const prefix of ["", "bf16_"]) {
    const whole = fixtureFolder("deepspeed/stage2");
    await whole.open("latest");
    const name = whole.asked.find((one) => one.endsWith(rank(1, prefix).slice(STEP.length + 1)));
    if (name === undefined) continue;
    const checkpoint = await open("stage2", { [name]: null });
    expect(checkpoint.findings.map(({ message }) => message).join()).toMatch(/rank 1 of 2 is missing/);
    expect(checkpoint.tensors.map((tensor) => tensor.name)).toContain("module/first.weight");
    return;
  }
  expect.unreachable("no partition of rank 1 was asked for");
});

const text = (value: string) => new TextEncoder().encode(value);

test.each([
  ["a folder above", "../secret"],
  ["an absolute name", "/etc"],
  ["nothing", ""],
  ["a page of text", "a".repeat(300)],
])("latest that names %s is not taken for one", (_, tag) => {
  const head = text(tag);
  expect(deepspeedFormat.sniff({ head, name: "latest", size: head.length })).toBe(false);
});

test("a tag without its folder is refused with what is missing", async () => {
  await expect(open("stage2", { latest: text("global_step9") })).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringContaining("global_step9"),
  });
});
