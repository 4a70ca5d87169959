import { LimitError } from "../../../base/errors.ts";
import { MAX_PICKLE_BYTES, MAX_PICKLE_OPERATIONS } from "../../../base/limits.ts";
import { constantOf, isConstant } from "./constants.ts";
import { PickleCursor } from "./cursor.ts";
import { PickleMachine, type UnpickleReport } from "./machine.ts";
import { OP } from "./opcodes.ts";
import {
  PickleDict,
  PickleFloat,
  PickleList,
  PicklePersistent,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "./values.ts";

export interface UnpickleOptions {
  /** Format id that errors carry. */
  readonly format: string;
  readonly maxBytes?: number;
  readonly maxOperations?: number;
  /** What stands for a pointer to data outside the stream, where the pointer alone does not say enough. */
  readonly persistent?: (id: PickleValue) => PickleValue;
}

export interface Unpickled {
  readonly value: PickleValue;
  /** Bytes of this stream: the next one of a file that holds several begins here. */
  readonly end: number;
  readonly report: UnpickleReport;
}

/**
 * Reads one pickle (protocols 0 to 5) as data. Nothing is imported, looked up or called: names stay names, calls stay
 * descriptions of calls. A loop over opcodes with an explicit stack, so depth costs memory in proportion to the file.
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): Unpickled {
  const maxBytes = options.maxBytes ?? MAX_PICKLE_BYTES;
  const cursor = new PickleCursor(bytes.byteLength > maxBytes ? bytes.subarray(0, maxBytes) : bytes, options.format);
  const machine = new PickleMachine(
    cursor,
    options.maxOperations ?? MAX_PICKLE_OPERATIONS,
    options.persistent ?? ((id) => new PicklePersistent(id)),
  );
  for (;;) {
    if (cursor.position >= cursor.bytes.byteLength && bytes.byteLength > maxBytes) {
      throw new LimitError(`The pickle is longer than ${maxBytes} bytes, more than any checkpoint's structure needs.`, {
        format: options.format,
        field: "pickle",
      });
    }
    const at = cursor.position;
    const op = cursor.u8("the next instruction");
    machine.charge(1);
    if (op === OP.STOP) return { value: machine.pop(), end: cursor.position, report: machine.report };
    if (isConstant(op)) machine.push(constantOf(op, cursor));
    else step(op, at, cursor, machine);
  }
}

function step(op: number, at: number, cursor: PickleCursor, machine: PickleMachine): void {
  switch (op) {
    case OP.PROTO: {
      const protocol = cursor.u8("PROTO");
      if (protocol > 5) cursor.fail(`protocol ${protocol} is not known (0 to 5 are).`, at);
      return;
    }
    case OP.FRAME:
      // A frame only groups reads. Its length still has to be possible.
      cursor.u64("FRAME");
      return;
    case OP.MARK:
      machine.mark();
      return;
    case OP.POP:
      machine.discard();
      return;
    case OP.POP_MARK:
      machine.popMark();
      return;
    case OP.DUP:
      machine.push(machine.top());
      return;

    case OP.EMPTY_LIST:
      machine.pushContainer(new PickleList());
      return;
    case OP.EMPTY_DICT:
      machine.pushContainer(new PickleDict());
      return;
    case OP.EMPTY_SET:
      machine.pushContainer(new PickleSet());
      return;
    case OP.EMPTY_TUPLE:
      machine.pushContainer(new PickleTuple([]));
      return;
    case OP.TUPLE1:
      machine.pushContainer(new PickleTuple(machine.popMany(1)));
      return;
    case OP.TUPLE2:
      machine.pushContainer(new PickleTuple(machine.popMany(2)));
      return;
    case OP.TUPLE3:
      machine.pushContainer(new PickleTuple(machine.popMany(3)));
      return;
    case OP.TUPLE:
      machine.pushContainer(new PickleTuple(machine.popMark()));
      return;
    case OP.LIST:
      machine.pushContainer(new PickleList(machine.popMark()));
      return;
    case OP.DICT: {
      const items = machine.popMark();
      const dict = new PickleDict();
      machine.pushContainer(dict);
      machine.setItems(items);
      return;
    }
    case OP.FROZENSET: {
      const items = machine.popMark();
      machine.pushContainer(new PickleSet());
      machine.addItems(items);
      return;
    }
    case OP.APPEND:
      machine.addItems(machine.popMany(1));
      return;
    case OP.APPENDS:
    case OP.ADDITEMS:
      machine.addItems(machine.popMark());
      return;
    case OP.SETITEM:
      machine.setItems(machine.popMany(2));
      return;
    case OP.SETITEMS:
      machine.setItems(machine.popMark());
      return;

    case OP.PUT:
      machine.put(cursor.decimal("PUT"));
      return;
    case OP.BINPUT:
      machine.put(cursor.u8("BINPUT"));
      return;
    case OP.LONG_BINPUT:
      machine.put(cursor.u32("LONG_BINPUT"));
      return;
    case OP.MEMOIZE:
      machine.memoize();
      return;
    case OP.GET:
      machine.get(cursor.decimal("GET"));
      return;
    case OP.BINGET:
      machine.get(cursor.u8("BINGET"));
      return;
    case OP.LONG_BINGET:
      machine.get(cursor.u32("LONG_BINGET"));
      return;

    case OP.GLOBAL: {
      const module = cursor.line("GLOBAL");
      machine.pushGlobal(module, cursor.line("GLOBAL"));
      return;
    }
    case OP.STACK_GLOBAL: {
      const [module, name] = machine.popMany(2);
      if (typeof module !== "string" || typeof name !== "string") cursor.fail("STACK_GLOBAL without two texts.", at);
      machine.pushGlobal(module, name);
      return;
    }
    // Extension codes point into a table of the reading Python: unknowable, so inert.
    case OP.EXT1:
      machine.pushGlobal("copyreg.extension", String(cursor.u8("EXT1")));
      return;
    case OP.EXT2:
      machine.pushGlobal("copyreg.extension", String(cursor.u16("EXT2")));
      return;
    case OP.EXT4:
      machine.pushGlobal("copyreg.extension", String(cursor.i32("EXT4")));
      return;
    case OP.REDUCE:
      machine.call();
      return;
    case OP.NEWOBJ:
      machine.instance(false);
      return;
    case OP.NEWOBJ_EX:
      machine.instance(true);
      return;
    case OP.INST: {
      const module = cursor.line("INST");
      const name = cursor.line("INST");
      machine.oldStyleInstance(machine.popMark(), module, name);
      return;
    }
    case OP.OBJ:
      machine.oldStyleInstance(machine.popMark());
      return;
    case OP.BUILD:
      machine.build();
      return;
    case OP.PERSID:
      machine.persistent(cursor.line("PERSID"));
      return;
    case OP.BINPERSID:
      machine.persistent(machine.pop());
      return;
    case OP.NEXT_BUFFER:
      cursor.fail("it refers to a buffer outside the stream (protocol 5, out of band), which a file cannot hold.", at);
      return;
    case OP.READONLY_BUFFER:
      machine.top();
      return;
    case OP.FLOAT: {
      const text = cursor.line("FLOAT").trim();
      const value = /^[+-]?(inf|infinity)$/i.test(text)
        ? (text.startsWith("-") ? -1 : 1) * Number.POSITIVE_INFINITY
        : Number(text);
      if (text === "" || (Number.isNaN(value) && !/^[+-]?nan$/i.test(text))) cursor.fail("FLOAT is not a number.", at);
      machine.push(new PickleFloat(value));
      return;
    }
    default:
      cursor.fail(`instruction 0x${op.toString(16).padStart(2, "0")} is not part of any protocol.`, at);
      return;
  }
}
