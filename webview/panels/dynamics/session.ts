import { isCancelled, type SerializedError, serializeError } from "../../../src/base/errors.ts";
import { seriesOf } from "../../../src/base/series.ts";
import type { NamedFile, SeriesFile } from "../../../src/protocol/contract.ts";
import type { DynamicsResult } from "../../../src/studies/dynamics/types.ts";
import { followStudy } from "../../shell/study.ts";
import type { PanelHost } from "../../shell/types.ts";
import type { ViewState, Words } from "./viewState.ts";

export interface SessionView {
  readonly members: readonly (NamedFile & { readonly step: number | null })[];
  readonly tables: readonly NamedFile[];
  readonly table: NamedFile | null;
  readonly inputs: NamedFile | null;
  readonly result: DynamicsResult | null;
  readonly fraction: number;
  readonly state: "running" | "done" | "cancelled" | "failed" | "too-few";
  readonly error: SerializedError | null;
}

/** What the study needs of the view's state. */
type Asked = Pick<ViewState, "table" | "inputs" | "words" | "given" | "without">;

/** The run and its question: finds checkpoints and tables, asks the study, asks again when something changed. */
export class DynamicsSession {
  #view: SessionView = {
    members: [],
    tables: [],
    table: null,
    inputs: null,
    result: null,
    fraction: 0,
    state: "running",
    error: null,
  };
  #abort: AbortController | null = null;
  /** The series changed while a study was running: it is asked again when that is through, or a busy folder would never show anything. */
  #again = false;
  #disposed = false;

  constructor(
    private readonly host: PanelHost,
    private readonly asked: () => Asked,
    private readonly changed: (view: SessionView) => void,
  ) {}

  get view(): SessionView {
    return this.#view;
  }

  /** Looks for files anew and asks. */
  async start(): Promise<void> {
    const { peer, context } = this.host;
    try {
      const [{ members }, { files: tables }] = await Promise.all([
        peer.request("series/find", {}),
        // A host without folders has none to offer.
        peer.request("tables/find", {}).catch(() => ({ files: [] })),
      ]);
      if (this.#disposed) return;
      this.#set({ members: context.files.length > 1 ? chosenMembers(context.files, members) : members, tables });
      await this.ask();
    } catch (error) {
      if (!this.#disposed && !isCancelled(error)) this.host.fail(error);
    }
  }

  /** The folder changed. */
  async refresh(): Promise<void> {
    if (this.#view.state === "running" && this.#abort !== null) {
      this.#again = true;
      return;
    }
    await this.start();
  }

  /** Asks the study. `lightly`: the same checkpoints under other words, so that what was found of the matrices stays. */
  async ask(lightly = false): Promise<void> {
    this.#abort?.abort();
    const { table: wanted, inputs, words, given, without } = this.asked();
    const { members, tables } = this.#view;
    const taking = members.filter(({ uri }) => !without.includes(uri));
    const table =
      wanted === null
        ? null
        : (tables.find(({ uri }) => uri === wanted) ?? (wanted === undefined ? (tables[0] ?? null) : named(wanted)));
    const shown = inputs === null || table === null ? null : named(inputs);
    const old = lightly ? this.#view.result : null;
    if (taking.length < 3) {
      this.#set({ table, inputs: shown, result: null, state: "too-few", error: null });
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.#set({ table, inputs: shown, state: "running", fraction: 0, error: null });
    const files = [
      ...taking.map(({ uri }) => ({ role: "checkpoint", uri })),
      ...(table === null ? [] : [{ role: "table", uri: table.uri }]),
      ...(shown === null ? [] : [{ role: "inputs", uri: shown.uri }]),
    ];
    const parameters = {
      named: taking.map(({ step }) => step),
      given: taking.map(({ uri }) => given[uri] ?? null),
      ...parametersOf(words),
      matrices: old === null,
    };
    try {
      await followStudy(
        this.host.peer,
        { study: "dynamics", files, parameters },
        ({ result, fraction }) => {
          // The study of this id answers with this: types of both sides come from one file.
          const fresh = result as DynamicsResult;
          this.#set({ result: old === null ? fresh : withMatrices(fresh, old), fraction });
        },
        abort.signal,
      );
      if (this.#abort !== abort) return;
      this.#abort = null;
      this.#set({ state: "done", fraction: 1 });
    } catch (error) {
      if (this.#abort !== abort) return;
      this.#abort = null;
      if (isCancelled(error)) this.#set({ state: "cancelled" });
      else this.#set({ state: "failed", error: serializeError(error) });
    }
    if (!this.#again || this.#disposed) return;
    this.#again = false;
    await this.start();
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Lets a person choose a table; null where the question was dismissed. */
  async choose(title: string): Promise<NamedFile | null> {
    const { files } = await this.host.peer.request("files/choose", {
      title,
      extensions: [".csv", ".tsv", ".npy"],
      many: false,
    });
    const [file] = files;
    if (file === undefined) return null;
    if (!this.#view.tables.some(({ uri }) => uri === file.uri)) this.#set({ tables: [file, ...this.#view.tables] });
    return file;
  }

  dispose(): void {
    this.#disposed = true;
    this.#abort?.abort();
  }

  #set(part: Partial<SessionView>): void {
    if (this.#disposed) return;
    this.#view = { ...this.#view, ...part };
    this.changed(this.#view);
  }
}

/** What was selected together, with the steps that the run's names have; a folder among them is none. */
function chosenMembers(files: readonly NamedFile[], series: readonly SeriesFile[]): SessionView["members"] {
  const known = new Map(series.map(({ uri, step }) => [uri, step]));
  const [first] = files;
  const own =
    first === undefined
      ? []
      : seriesOf(
          first.name,
          files.map(({ name }) => name),
        );
  return files.map((file) => ({
    ...file,
    step: known.get(file.uri) ?? own.find(({ name }) => name === file.name)?.step ?? null,
  }));
}

function named(uri: string): NamedFile {
  const last = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return { uri, name: decodeURIComponent(last) };
  } catch {
    return { uri, name: last };
  }
}

/** Empty fields are left out: the files' own words count then. */
function parametersOf({ optimizer, loss, rate, momentum, weightDecay, noise, layer }: Words): Record<string, unknown> {
  const number = (text: string) => (text.trim() === "" ? null : Number(text));
  return {
    optimizer: optimizer === "" ? null : optimizer,
    loss: loss === "" ? null : loss,
    rate: rate.trim() === "" ? null : rate,
    momentum: number(momentum),
    weightDecay: number(weightDecay),
    noise: number(noise),
    layer: number(layer) ?? 1,
  };
}

function withMatrices(fresh: DynamicsResult, { matrices, matrixCount, whole, laws }: DynamicsResult): DynamicsResult {
  return { ...fresh, matrices, matrixCount, whole, laws };
}
