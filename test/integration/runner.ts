import * as vscode from "vscode";

/** A test runner small enough for every extension host: it imports nothing of Node's and leaves its results in the workspace. */
export interface Test {
  readonly name: string;
  /** Longer than usual, where a person with a camera is waited for. */
  readonly milliseconds?: number;
  run(): Promise<void>;
}

const TEST_TIMEOUT = 60_000;
const files = () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error("The suite needs a workspace folder.");
  return (name: string) => vscode.Uri.joinPath(folder, name);
};

export async function runTests(host: string, tests: readonly Test[]): Promise<void> {
  const results: { name: string; ok: boolean; error?: string; milliseconds: number }[] = [];
  for (const { name, milliseconds, run } of tests) {
    const started = Date.now();
    try {
      await within(milliseconds ?? TEST_TIMEOUT, name, run());
      results.push({ name, ok: true, milliseconds: Date.now() - started });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.push({ name, ok: false, error: text, milliseconds: Date.now() - started });
    }
  }
  await write(".modescope-results.json", { host, tests: results });
}

/** Asks whoever drives the window to do something (press a key, take a picture) and waits for it to be done. */
export async function step(request: Readonly<Record<string, unknown>>, timeout?: number): Promise<void> {
  const wanted = { ...request, at: Date.now() };
  await write(".modescope-step", wanted);
  const answered = async () => ((await readText(".modescope-ack")) === JSON.stringify(wanted) ? true : undefined);
  await eventually(`an answer to ${JSON.stringify(request)}`, answered, timeout);
}

/** Asks until the answer is not undefined. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, timeout = 45_000): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${timeout / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

async function write(name: string, value: unknown): Promise<void> {
  await vscode.workspace.fs.writeFile(files()(name), new TextEncoder().encode(JSON.stringify(value)));
}

async function readText(name: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(files()(name)));
  } catch {
    return undefined;
  }
}

async function within(milliseconds: number, what: string, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`“${what}” took longer than ${milliseconds / 1000} s.`)), milliseconds);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
