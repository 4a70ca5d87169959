import type { Machine } from "../interpret/machine.ts";
import type { CallExpression } from "../syntax/types.ts";
import type { CallArguments, ModuleValue, ParameterValue, SignalValue, Value } from "../values/types.ts";

/** What the interpreter asks of a framework. Undefined means "not mine": the next is asked, and in the end the value is unknown. */
export interface FrameworkPlugin {
  readonly id: "torch" | "keras" | "flax";
  /** Library classes whose children are modules. */
  readonly moduleBase: RegExp;
  call(machine: Machine, path: string, args: CallArguments, site: CallExpression): Value | undefined;
  /** A method of one of its tensors in the network. */
  signalMethod?(
    machine: Machine,
    self: SignalValue,
    name: string,
    args: CallArguments,
    site: CallExpression,
  ): Value | undefined;
  parameterMethod?(
    machine: Machine,
    self: ParameterValue,
    name: string,
    args: CallArguments,
    site: CallExpression,
  ): Value | undefined;
  moduleMethod?(
    machine: Machine,
    self: ModuleValue,
    name: string,
    args: CallArguments,
    site: CallExpression,
  ): Value | undefined;
}
