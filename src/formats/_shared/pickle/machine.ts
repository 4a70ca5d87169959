import { LimitError } from "../../../base/errors.ts";
import { dataOfCall } from "./calls.ts";
import type { PickleCursor } from "./cursor.ts";
import { classifyGlobal, isTorchClass } from "./globals.ts";
import {
  asSequence,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PicklePersistent,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "./values.ts";

/** Containers of one pickle: ten times a 100,000-tensor checkpoint's, and below a gigabyte of memory. */
const MAX_CONTAINERS = 4_000_000;
/** Values waiting on the stack; honest picklers flush every thousand. */
const MAX_STACK = 4_000_000;
/** Memo slots; JavaScript's Map itself ends at 2^24. */
const MAX_MEMO = 8_000_000;
/** Distinct names in one pickle; more would be a flood for the screen. */
const MAX_GLOBALS = 100_000;

/** Names outside the allow-list, by what the stream wants from them. */
export interface UnpickleReport {
  /** Functions that the stream asks to call (or should have no reason to mention), in order of appearance. */
  readonly code: ReadonlySet<string>;
  /** Classes and functions that are only referred to or instantiated. */
  readonly classes: ReadonlySet<string>;
  /** Every pointer to data outside the stream, in order of appearance. */
  readonly persistents: readonly PicklePersistent[];
}

/** The stack machine that a pickle is a program for, with descriptions in place of effects. */
export class PickleMachine {
  readonly report = { code: new Set<string>(), classes: new Set<string>(), persistents: [] as PicklePersistent[] };
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number | bigint, PickleValue>();
  readonly #globals = new Map<string, PickleGlobal>();
  #operations = 0;
  #containers = 0;

  constructor(
    readonly cursor: PickleCursor,
    readonly maxOperations: number,
    readonly pointer: (id: PickleValue) => PickleValue,
  ) {}

  readonly charge = (units: number): void => {
    this.#operations += units;
    if (this.#operations > this.maxOperations) this.#limit(`more than ${this.maxOperations} operations`);
  };

  push(value: PickleValue): void {
    if (this.#stack.length >= MAX_STACK) this.#limit(`more than ${MAX_STACK} values at once`);
    this.#stack.push(value);
  }

  pushContainer(value: PickleValue): void {
    this.#containers += 1;
    if (this.#containers > MAX_CONTAINERS) this.#limit(`more than ${MAX_CONTAINERS} objects`);
    this.push(value);
  }

  top(): PickleValue {
    if (this.#stack.length <= this.#floor()) this.#underflow();
    return this.#stack[this.#stack.length - 1]!;
  }

  pop(): PickleValue {
    if (this.#stack.length <= this.#floor()) this.#underflow();
    return this.#stack.pop()!;
  }

  popMany(count: number): PickleValue[] {
    if (this.#stack.length - count < this.#floor()) this.#underflow();
    return this.#stack.splice(this.#stack.length - count, count);
  }

  /** POP takes a value, or a mark where that is what lies on top. */
  discard(): void {
    if (this.#marks.length > 0 && this.#stack.length === this.#floor()) this.#marks.pop();
    else this.pop();
  }

  mark(): void {
    if (this.#marks.length >= MAX_STACK) this.#limit(`more than ${MAX_STACK} open marks`);
    this.#marks.push(this.#stack.length);
  }

  popMark(): PickleValue[] {
    const start = this.#marks.pop();
    if (start === undefined) this.cursor.fail("an instruction needs a mark that is not there.");
    return this.#stack.splice(start);
  }

  put(slot: number | bigint): void {
    if (slot < 0) this.cursor.fail(`memo slot ${slot} is negative.`);
    if (this.#memo.size >= MAX_MEMO) this.#limit(`more than ${MAX_MEMO} remembered values`);
    this.#memo.set(slot, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(slot: number | bigint): void {
    const value = this.#memo.get(slot);
    if (value === undefined) this.cursor.fail(`memo slot ${slot} is read before it is written.`);
    this.push(value);
  }

  addItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (target instanceof PickleSet) for (const item of items) target.items.add(item);
    else if (target instanceof PickleList || target instanceof PickleObject)
      for (const item of items) target.items.push(item);
    else this.cursor.fail("items are appended to something that is no list.");
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof PickleDict || target instanceof PickleObject)) {
      this.cursor.fail("keys are set on something that is no dictionary.");
    }
    if (items.length % 2 !== 0) this.cursor.fail("a dictionary key has no value.");
    for (let i = 0; i < items.length; i += 2) target.entries.set(items[i]!, items[i + 1]!);
  }

  pushGlobal(module: string, name: string): void {
    this.push(this.#global(module, name));
  }

  call(): void {
    const [callee, args] = this.popMany(2);
    const items = args instanceof PickleTuple ? args.items : undefined;
    if (items === undefined) this.cursor.fail("a call has no tuple of arguments.");
    this.#pushCall(this.#callee(callee!), items);
  }

  instance(withKeywords: boolean): void {
    const keywords = withKeywords ? this.pop() : undefined;
    const [cls, args] = this.popMany(2);
    const items = asSequence(args);
    if (items === undefined) this.cursor.fail("an instance has no tuple of arguments.");
    const callee = this.#callee(cls!);
    // Only constructors of data are read as such; the keywords of any other class stay beside its arguments.
    const data = keywords === undefined ? dataOfCall(callee, items, this.charge) : undefined;
    this.pushContainer(
      data ?? new PickleObject(callee, keywords === undefined ? items : [...items, keywords], "instance"),
    );
  }

  /** INST and OBJ of protocols 0 and 1: a class called with the values since the mark. */
  oldStyleInstance(items: PickleValue[], module?: string, name?: string): void {
    if (module !== undefined && name !== undefined) {
      this.#pushCall(this.#global(module, name), items);
      return;
    }
    const cls = items.shift();
    if (cls === undefined) this.cursor.fail("OBJ has no class.");
    this.#pushCall(this.#callee(cls), items);
  }

  build(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof PickleObject || target instanceof PickleDict) target.state = state;
  }

  persistent(id: PickleValue): void {
    const pointer = this.pointer(id);
    this.pushContainer(pointer);
    if (pointer instanceof PicklePersistent) this.report.persistents.push(pointer);
  }

  #pushCall(callee: PickleGlobal, args: readonly PickleValue[]): void {
    // Calling a class runs its initializer, so it is a call like any other; only torch's own layer classes are known to be plain.
    const known = classifyGlobal(callee.module, callee.name) === "data" || isTorchClass(callee.module, callee.name);
    if (!known) this.report.code.add(callee.path);
    this.pushContainer(dataOfCall(callee, args, this.charge) ?? new PickleObject(callee, args, "call"));
  }

  /** Something called that is not a name is the result of another call: say whose. */
  #callee(value: PickleValue): PickleGlobal {
    if (value instanceof PickleGlobal) return value;
    if (value instanceof PickleObject) {
      const path = value.path.slice(0, 200);
      return new PickleGlobal("", path.startsWith("the result of ") ? path : `the result of ${path}`);
    }
    return this.cursor.fail("something is called that is neither a class nor a function.");
  }

  #global(module: string, name: string): PickleGlobal {
    const key = `${module}\n${name}`;
    const known = this.#globals.get(key);
    if (known !== undefined) return known;
    if (this.#globals.size >= MAX_GLOBALS) this.#limit(`more than ${MAX_GLOBALS} different names`);
    const global = new PickleGlobal(module, name);
    this.#globals.set(key, global);
    const kind = classifyGlobal(module, name);
    if (kind === "code") this.report.code.add(global.path);
    if (kind === "class") this.report.classes.add(global.path);
    return global;
  }

  #floor(): number {
    return this.#marks[this.#marks.length - 1] ?? 0;
  }

  #underflow(): never {
    return this.cursor.fail("an instruction needs more values than there are.");
  }

  #limit(what: string): never {
    throw new LimitError(`The pickle asks for ${what}, far beyond any checkpoint.`, {
      format: this.cursor.format,
      field: "pickle",
      offset: this.cursor.position,
    });
  }
}
