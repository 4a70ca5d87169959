import type {
  ClassDefinition,
  Expression,
  Parameter as FormalParameter,
  FunctionDefinition,
  Place,
  Statement,
} from "../syntax/types.ts";
import type { Quantity } from "./quantity.ts";

/** What an expression of the source is known to be. `unknown` is no failure: it says "cannot tell", and rules are silent about what it touches. */

export interface UnknownValue {
  readonly kind: "unknown";
  /** Two unknowns with one key are the same thing (an argument, an attribute of it); null: nothing is known of it. */
  readonly key: string | null;
}

export interface NumberValue {
  readonly kind: "number";
  readonly value: Quantity;
}

export interface ListValue {
  readonly kind: "list";
  readonly tuple: boolean;
  items: readonly Value[];
  /** What stands for any number more of them, and how many if that is known. */
  rest: { readonly value: Value; readonly count: Quantity | null } | null;
  /** How many loops of unknown length were open where it was made. */
  readonly loops: number;
}

export interface DictValue {
  readonly kind: "dict";
  readonly entries: Map<string, Value>;
  /** It may hold more than these. */
  open: boolean;
}

export interface Scope {
  readonly variables: Map<string, Value>;
  readonly parent: Scope | null;
  /** Values that some branch of a function has returned while another went on. */
  readonly returned: Value[];
}

export interface FunctionValue {
  readonly kind: "function";
  readonly name: string;
  readonly parameters: readonly FormalParameter[];
  readonly body: readonly Statement[] | Expression;
  readonly scope: Scope;
  /** The class whose body holds it: `super()` looks above that. */
  readonly owner: ClassValue | null;
  readonly definition: FunctionDefinition | null;
  /** @property: reading it calls it. @staticmethod: no self is passed. */
  readonly decorator: "" | "property" | "static" | "class" | "unknown";
}

export interface ClassValue {
  readonly kind: "class";
  readonly name: string;
  readonly definition: ClassDefinition;
  readonly bases: readonly Value[];
  readonly members: Map<string, Value>;
}

/** Something of a library, by the path it is imported from: "torch.nn.Linear". */
export interface ExternalValue {
  readonly kind: "external";
  readonly path: string;
}

/** A method that is bound to what it belongs to: a function of the source, or the name of one that the lint itself knows. */
export interface MethodValue {
  readonly kind: "method";
  readonly self: Value;
  readonly of: FunctionValue | string;
}

/** An instance of a class of this source. */
export interface ObjectValue {
  readonly kind: "object";
  readonly type: ClassValue;
  readonly attributes: Map<string, Value>;
  readonly site: Place;
  readonly id: number;
  state: "initialized" | "loaded";
  readonly kin: Kin;
}

/** Where a module stands among others; see Kinship. */
export interface Kin {
  /** Who holds it as a part. */
  holder: ModuleValue | ObjectValue | null;
  parts: Set<ModuleValue | ObjectValue> | null;
  /** It was called on a signal. */
  used: boolean;
}

/** Distribution that entries are drawn from. Variance and mean are those really drawn, not those asked for. */
export interface Law {
  readonly family:
    | "normal"
    | "uniform"
    | "truncated-normal"
    | "orthogonal"
    | "constant"
    | "identity"
    | "delta-orthogonal"
    | "sparse"
    | "unknown";
  /** Null: cannot tell. For orthogonal matrices that of an entry. */
  readonly variance: Quantity | null;
  readonly mean: Quantity | null;
  /** The call that asked for it; null for what the framework does by itself. */
  readonly call: Place | null;
  /** Short, for people: "kaiming_normal_(mode='fan_out')", "PyTorch's default". */
  readonly label: string;
  readonly mode: "fan_in" | "fan_out" | "fan_avg" | null;
  /** Of a truncated normal: where it is cut, in standard deviations of what was cut; Infinity where the bounds are too far to matter. Left out: cannot tell. */
  readonly cut?: number;
  readonly gain: { readonly value: Quantity | null; readonly of: string | null } | null;
}

/** A tensor that training changes. */
export interface ParameterValue {
  readonly kind: "parameter";
  readonly name: string;
  readonly id: number;
  /** Its shape as the framework stores it; entries that are not known are null. */
  readonly shape: readonly (Quantity | null)[] | null;
  readonly dimensions: number | null;
  readonly norm: boolean;
  /** What the framework's initializers would take for its fans. */
  readonly fans: Fans | null;
  law: Law;
  /** For frameworks that know the shape only when the layer is used: the law, once it is. Then it counts, not `law`. */
  draw: ((fans: Fans) => Law) | null;
  /** Whose it is. */
  owner: ModuleValue | ObjectValue | null;
  /** Of a slice: what it is a slice of. Whoever writes into it writes there. */
  readonly sliceOf?: ParameterValue;
}

export type LayerType =
  | "linear"
  | "conv"
  | "conv-transpose"
  | "depthwise"
  | "einsum"
  | "bilinear"
  | "embedding"
  | "recurrent"
  | "attention"
  | "block"
  | "activation"
  | "norm"
  | "dropout"
  | "pass"
  | "pool"
  | "join"
  | "container"
  | "other";

export type Framework = "torch" | "keras" | "flax";

/** A module that a framework makes. What is not meaningful for its type is null. */
export interface ModuleValue {
  readonly kind: "module";
  readonly id: number;
  readonly type: LayerType;
  readonly framework: Framework;
  readonly path: string;
  readonly site: Place;
  /** Inputs and outputs (channels) of one position; null: known from what flows in, or not at all. */
  readonly inputs: Quantity | null;
  readonly outputs: Quantity | null;
  /** Positions of the kernel; of a transposed convolution those that reach one output, taps/stride^d. */
  readonly taps: Quantity | null;
  readonly groups: Quantity | null;
  /** Kernels whose fans the framework counts otherwise than the layer sums; their laws are not among `parameters`. */
  readonly miscounted: readonly MiscountedKernel[];
  readonly parameters: Map<string, ParameterValue>;
  /** Keras' `activation=`; for activation modules themselves. Null for none, "unknown" where it cannot be told. */
  readonly activation: string | null;
  readonly norm: { readonly centred: boolean; readonly batch: boolean; readonly features: Quantity | null } | null;
  /** Probability that dropout drops; null: unknown. */
  readonly drop: number | null;
  readonly alphaDropout: boolean;
  /** "add", "concat" and so on for `join`; the kind of cell for `recurrent`. */
  readonly detail: string;
  readonly attributes: Map<string, Value>;
  /** Of containers. */
  readonly content: ListValue | DictValue | null;
  wrapped: "" | "weight-norm" | "spectral-norm" | "unknown";
  readonly kin: Kin;
}

/** What an initializer of Keras or Flax will do to the kernel it is given. */
export interface InitializerValue {
  readonly kind: "initializer";
  readonly path: string;
  readonly law: (fans: Fans) => Law;
}

/** As the framework computes them from the shape. */
export interface Fans {
  readonly fanIn: Quantity | null;
  readonly fanOut: Quantity | null;
}

/** A kernel with its fans as the layer has them and as the framework's initializers count them, given the width of what flows in. */
export interface MiscountedKernel {
  readonly name: string;
  readonly draw: (fans: Fans) => Law;
  readonly real: (inputs: Quantity | null) => Fans;
  readonly counted: (inputs: Quantity | null) => Fans;
}

/** A tensor that flows through the network. */
export interface SignalValue {
  readonly kind: "signal";
  readonly node: GraphNode;
}

export interface PartialValue {
  readonly kind: "partial";
  readonly callee: Value;
  readonly args: CallArguments;
}

/** `range(n)`, and what else can be walked although its length is not known. */
export interface SeriesValue {
  readonly kind: "series";
  readonly count: Quantity | null;
  readonly first: Value;
  /** Where every item is known. */
  readonly items: readonly Value[] | null;
}

export type Value =
  | UnknownValue
  | NumberValue
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "none" }
  | ListValue
  | DictValue
  | FunctionValue
  | ClassValue
  | ExternalValue
  | MethodValue
  | ObjectValue
  | ModuleValue
  | ParameterValue
  | InitializerValue
  | SignalValue
  | PartialValue
  | SeriesValue;

export const NOTHING_NAMED: CallArguments["named"] = new Map();

export interface CallArguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** `*args` or `**kwargs` of unknown content was passed: what is absent may be there. */
  readonly open: boolean;
}

export type Operation =
  | { readonly kind: "input" }
  | { readonly kind: "layer"; readonly module: ModuleValue }
  | { readonly kind: "activation"; readonly name: string }
  | { readonly kind: "norm"; readonly centred: boolean; readonly batch: boolean; readonly module: ModuleValue | null }
  | { readonly kind: "dropout"; readonly drop: number | null; readonly alpha: boolean }
  /** Reshapes, casts, pooling: order and scale of entries stay what the theory needs. */
  | { readonly kind: "pass"; readonly what: string }
  | { readonly kind: "scale"; readonly factor: Quantity | null }
  | { readonly kind: "add" }
  | { readonly kind: "concat" }
  | { readonly kind: "product" }
  | { readonly kind: "matmul" }
  | { readonly kind: "softmax" }
  | { readonly kind: "unknown"; readonly what: string };

export interface GraphNode {
  readonly id: number;
  readonly operation: Operation;
  readonly inputs: readonly GraphNode[];
  readonly site: Place;
  /** Last axis (channels), where known. */
  readonly features: Quantity | null;
  /** How often the loop around it runs, where it is run once for all; null: unknown. */
  readonly repeat: Quantity | null;
}

export const UNKNOWN: UnknownValue = { kind: "unknown", key: null };
export const NONE: Value = { kind: "none" };

export function isModule(value: Value): value is ModuleValue | ObjectValue {
  return value.kind === "module" || value.kind === "object";
}
