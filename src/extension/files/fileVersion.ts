/** What tells one version of a file from the next without reading it. */
export interface FileStamp {
  readonly mtime: number;
  readonly size: number;
}

/**
 * Whether a file is another than when one began to look. Watchers tell late: of a file that was written just before it was opened the word comes when it is
 * open, and then nothing has changed.
 */
export class FileVersion {
  #known: Promise<FileStamp | null>;

  /** `stat`: null where the file is not there, or cannot be asked. */
  constructor(private readonly stat: () => Promise<FileStamp | null>) {
    this.#known = stat();
  }

  /** Asks again, and keeps the answer. What cannot be asked counts as changed. */
  async changed(): Promise<boolean> {
    const before = this.#known;
    this.#known = this.stat();
    const [old, now] = await Promise.all([before, this.#known]);
    return old === null || now === null || old.mtime !== now.mtime || old.size !== now.size;
  }
}
