import { roomOfMessage, sliceOf, takenApart, type Values } from "../protocol/apart.ts";
import type { StudySnapshot } from "../protocol/contract.ts";
import { isRecord } from "../protocol/guards.ts";

const isFields = (value: unknown): value is Record<string, unknown> => isRecord(value) && !ArrayBuffer.isView(value);

/** In the worker: of every record those fields that are not the same objects as in the one before; all of the first. */
export function changedFields(): (record: unknown) => unknown {
  let before: Record<string, unknown> = {};
  return (record) => {
    if (!isFields(record)) return record;
    const known = before;
    before = record;
    return Object.fromEntries(
      Object.entries(record).filter(([name, value]) => !Object.hasOwn(known, name) || !Object.is(known[name], value)),
    );
  };
}

interface Field {
  readonly value: unknown;
  readonly revision: number;
  /** The value with notes for its arrays, and these by their numbers; made when it is first asked for. */
  packed: { readonly value: unknown; readonly apart: ReadonlyMap<number, Values> } | null;
}

/** In the engine: what is known of a study's result, and for whoever watches what has changed since he asked last. */
export class StudyResult {
  #whole: unknown;
  #revision = -1;
  #fields: ReadonlyMap<string, Field> | null = null;
  #nextId = 1;

  /** `merges`: what comes are fields, and those that do not come stay. Else all is new each time, and nothing travels apart: it might never arrive. */
  constructor(private readonly merges: boolean) {}

  take(news: unknown, revision: number): void {
    this.#revision = revision;
    if (!this.merges || !isFields(news)) {
      this.#whole = news;
      this.#fields = null;
      return;
    }
    const fields = new Map(this.#fields);
    for (const [name, value] of Object.entries(news)) fields.set(name, { value, revision, packed: null });
    this.#fields = fields;
    this.#whole = Object.fromEntries([...fields].map(([name, { value }]) => [name, value]));
  }

  whole(since: number): Pick<StudySnapshot, "result"> {
    return this.#revision > since ? { result: this.#whole } : {};
  }

  changes(since: number): Pick<StudySnapshot, "result" | "changes"> {
    if (this.#fields === null) return this.whole(since);
    if (this.#revision <= since) return {};
    const room = roomOfMessage();
    const changed = [...this.#fields].filter(([, { revision }]) => revision > since);
    return {
      changes: Object.fromEntries(
        changed.map(([name, field]) => {
          if (field.packed === null) {
            const apart = new Map<number, Values>();
            const value = takenApart(field.value, room, (values) => {
              apart.set(this.#nextId, values);
              return this.#nextId++;
            });
            field.packed = { value, apart };
          }
          return [name, field.packed.value];
        }),
      ),
    };
  }

  /** Null where there is no such array any more. */
  slice(id: number, from: number): Uint8Array<ArrayBuffer> | null {
    for (const { packed } of this.#fields?.values() ?? []) {
      const found = packed?.apart.get(id);
      if (found !== undefined) return sliceOf(found, from);
    }
    return null;
  }
}
