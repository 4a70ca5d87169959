import { isCancelled, ModeScopeError, type SerializedError, serializeError } from "../base/errors.ts";
import { readReadings } from "../formats/interpret/readings.ts";
import type { EngineMethods, StudySnapshot } from "../protocol/contract.ts";
import { isRecord } from "../protocol/guards.ts";
import type { Handlers } from "../protocol/peer.ts";
import { studyById } from "../studies/registry.ts";
import type { StudyInput, StudyManifest } from "../studies/types.ts";
import { studyMemory } from "./memory.ts";
import { type Scheduler, URGENCY } from "./scheduler.ts";
import { StudyResult } from "./studyResult.ts";
import type { StudyTask } from "./tasks.ts";

/** Studies that are through and kept for panels that come back to ask. */
const KEPT_STUDIES = 32;
/** "Changed, ask again" at most this often. */
const CHANGED_EVERY_MILLISECONDS = 50;
/** More files than these no study can look at in a sitting. */
const MOST_FILES = 20_000;

type Methods = Pick<EngineMethods, "study/start" | "study/snapshot" | "study/values" | "study/cancel">;

/** Studies under way and lately finished. */
export class Studies {
  readonly handlers: Handlers<Methods>;
  readonly #runs = new Map<string, StudyRun>();
  #nextId = 1;

  constructor(
    private readonly scheduler: () => Scheduler,
    private readonly changed: (snapshot: Omit<StudySnapshot, "result" | "error">) => void,
  ) {
    this.handlers = {
      "study/start": (params) => this.#start(params),
      "study/snapshot": ({ run, since, changes }) => this.#run(run).snapshot(since, changes === true),
      "study/values": ({ run, values, from }) => ({ bytes: this.#run(run).values(values, from) }),
      "study/cancel": ({ run }) => {
        this.#run(run).cancel();
        return null;
      },
    };
  }

  dispose(): void {
    for (const run of this.#runs.values()) run.cancel();
  }

  #start({ study, files, parameters, readings }: EngineMethods["study/start"]["params"]): { run: string } {
    const { manifest } = studyById(study);
    const inputs = readInputs(files, manifest);
    if (!isRecord(parameters))
      throw new ModeScopeError("bad-request", "Parameters are a record of values.", { field: "parameters" });
    const { timeoutSeconds, timeoutWith } = manifest;
    const limited = timeoutWith === undefined || inputs.some(({ role }) => role === timeoutWith);
    const limit = limited ? (timeoutSeconds ?? null) : null;
    const task = { study, files: inputs, parameters, readings: readReadings(readings), ...studyMemory(manifest) };
    const id = `study-${this.#nextId++}`;
    this.#runs.set(id, new StudyRun(id, task, limit, this.scheduler(), this.changed));
    for (const [old, run] of this.#runs) {
      if (this.#runs.size <= KEPT_STUDIES) break;
      if (run.state !== "running") this.#runs.delete(old);
    }
    return { run: id };
  }

  #run(id: string): StudyRun {
    const run = this.#runs.get(id);
    if (run !== undefined) return run;
    throw new ModeScopeError("bad-request", "This study is gone.", { remedy: "Start it again." });
  }
}

class StudyRun {
  #state: StudySnapshot["state"] = "running";
  #revision = 0;
  #fraction = 0;
  readonly #result: StudyResult;
  #error: SerializedError | null = null;
  #told = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #abort = new AbortController();

  constructor(
    private readonly id: string,
    task: StudyTask,
    timeoutSeconds: number | null,
    scheduler: Scheduler,
    private readonly changed: (snapshot: Omit<StudySnapshot, "result" | "error">) => void,
  ) {
    this.#result = new StudyResult(studyById(task.study).immutable === true);
    const { result } = scheduler.enqueue(task, URGENCY.asked, this.#abort.signal, (fraction, partial) => {
      if (this.#state !== "running") return;
      // From its first word on: what it waits in the queue is not its fault.
      if (timeoutSeconds !== null)
        this.#timer ??= setTimeout(() => this.#timeOut(timeoutSeconds), 1000 * timeoutSeconds);
      this.#fraction = fraction;
      this.#revision++;
      if (partial !== undefined) this.#result.take(partial, this.#revision);
      this.#tell();
    });
    result.then(
      (answer) => this.#end("finished", answer.result, null),
      (error) =>
        isCancelled(error)
          ? this.#end("cancelled", undefined, null)
          : this.#end("failed", undefined, serializeError(error)),
    );
  }

  get state(): StudySnapshot["state"] {
    return this.#state;
  }

  snapshot(since: number, changes: boolean): StudySnapshot {
    const news = changes ? this.#result.changes(since) : this.#result.whole(since);
    return { ...this.#facts(), ...news, error: this.#error };
  }

  values(id: number, from: number): Uint8Array<ArrayBuffer> | null {
    return this.#result.slice(id, from);
  }

  cancel(): void {
    if (this.#state !== "running") return;
    this.#end("cancelled", undefined, null);
    this.#abort.abort();
  }

  #timeOut(seconds: number): void {
    const message = `It took more than ${seconds} seconds and was ended.`;
    const remedy = "Ask for fewer items or layers.";
    this.#end("failed", undefined, serializeError(new ModeScopeError("limit-exceeded", message, { remedy })));
    this.#abort.abort();
  }

  #facts() {
    return { run: this.id, revision: this.#revision, state: this.#state, fraction: this.#fraction };
  }

  #end(state: StudySnapshot["state"], result: unknown, error: SerializedError | null): void {
    if (this.#state !== "running") return;
    clearTimeout(this.#timer);
    this.#state = state;
    this.#error = error;
    this.#revision++;
    if (state === "finished") {
      this.#fraction = 1;
      this.#result.take(result, this.#revision);
    }
    this.changed(this.#facts());
  }

  /** Soon, and once for everything that happens until then. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    setTimeout(() => {
      this.#told = false;
      if (this.#state === "running") this.changed(this.#facts());
    }, CHANGED_EVERY_MILLISECONDS);
  }
}

/** Checks what came over the wire: roles that the study has, each as often as it can take. */
function readInputs(value: unknown, { title, files }: StudyManifest): readonly StudyInput[] {
  if (!Array.isArray(value) || value.length > MOST_FILES)
    throw new ModeScopeError("bad-request", `A list of files is needed, ${MOST_FILES} at most.`, { field: "files" });
  const inputs = value.map((one: unknown): StudyInput => {
    if (isRecord(one) && typeof one.uri === "string" && typeof one.role === "string" && Object.hasOwn(files, one.role))
      return { role: one.role, uri: one.uri };
    throw new ModeScopeError(
      "bad-request",
      `“${title}” takes files with a URI and a role: ${Object.keys(files).join(", ")}.`,
      { field: "files" },
    );
  });
  for (const [role, { least, most = MOST_FILES, description }] of Object.entries(files)) {
    const count = inputs.filter((input) => input.role === role).length;
    if (count >= least && count <= most) continue;
    const wanted = least === most ? `${least}` : most === MOST_FILES ? `${least} or more` : `${least} to ${most}`;
    throw new ModeScopeError("bad-request", `“${title}” was given ${count} of ${description}; it takes ${wanted}.`, {
      field: `files.${role}`,
    });
  }
  return inputs;
}
