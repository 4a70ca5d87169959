import type { StudyContext, StudyFile, StudyInput } from "../types.ts";

/** Open at once: a run of a hundred checkpoints is asked for one matrix after another, and opening costs more than reading one. */
const MOST_OPEN = 64;

interface Held {
  readonly file: Promise<StudyFile>;
  /** Ends when the handles are closed. */
  readonly closed: Promise<void>;
  release(): void;
}

/** Files of a study that stay open between two questions, the longest unused closed first. */
export class HeldFiles {
  readonly #held = new Map<string, Held>();

  constructor(private readonly context: Pick<StudyContext, "withFile">) {}

  /** The opened file: usable until the next `MOST_OPEN` others were asked for. */
  async get(input: StudyInput): Promise<StudyFile> {
    const known = this.#held.get(input.uri);
    if (known !== undefined) {
      this.#held.delete(input.uri);
      this.#held.set(input.uri, known);
      return known.file;
    }
    const [oldest] = this.#held;
    if (this.#held.size >= MOST_OPEN && oldest !== undefined) {
      this.#held.delete(oldest[0]);
      oldest[1].release();
      await oldest[1].closed;
    }
    const held = this.#open(input);
    this.#held.set(input.uri, held);
    // A file that cannot be opened is no held one.
    held.file.catch(() => this.#held.delete(input.uri));
    return held.file;
  }

  async closeAll(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    for (const held of all) held.release();
    await Promise.all(all.map(({ closed }) => closed));
  }

  #open(input: StudyInput): Held {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let closed: Promise<void> = Promise.resolve();
    const file = new Promise<StudyFile>((resolve, reject) => {
      closed = this.context
        .withFile(input, (opened) => {
          resolve(opened);
          return released;
        })
        .catch(reject);
    });
    return { file, closed, release };
  }
}
