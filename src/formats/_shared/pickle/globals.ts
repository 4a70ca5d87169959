/**
 * What a name in a pickle means to us. `data`: known to only build data. `class`: a class whose instances are read as
 * inert data. `code`: calling it (or merely asking for it) would run something that a checkpoint has no need of.
 */
export type GlobalKind = "data" | "class" | "code";

const DATA_NAMES = new Set([
  "collections.OrderedDict",
  "collections.defaultdict",
  "collections.Counter",
  "collections.deque",
  "copy_reg._reconstructor",
  "copyreg._reconstructor",
  "copyreg.__newobj__",
  "_codecs.encode",
  "argparse.Namespace",
  "types.SimpleNamespace",
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_parameter_with_state",
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_tensor_v3",
  "torch._utils._rebuild_qtensor",
  "torch._utils._rebuild_sparse_tensor",
  "torch._utils._rebuild_sparse_csr_tensor",
  "torch._utils._rebuild_nested_tensor",
  "torch._utils._rebuild_meta_tensor_no_storage",
  "torch._utils._rebuild_device_tensor_from_numpy",
  "torch._utils._rebuild_device_tensor_from_cpu_tensor",
  "torch._utils._rebuild_wrapper_subclass",
  "torch._tensor._rebuild_from_type_v2",
  "torch._tensor._rebuild_from_type",
  "torch.Size",
  "torch.Tensor",
  "torch.device",
  "torch.nn.parameter.Parameter",
  "torch.nn.parameter.Buffer",
  "torch.serialization._get_layout",
  "datetime.datetime",
  "datetime.date",
  "datetime.time",
  "datetime.timedelta",
  "datetime.timezone",
  "decimal.Decimal",
  "fractions.Fraction",
  "uuid.UUID",
]);

const BUILTIN_DATA = new Set(
  "set frozenset list dict tuple bytearray bytes str int float complex bool slice range object".split(" "),
);
const BUILTIN_MODULES = new Set(["builtins", "__builtin__"]);
const NUMPY_DATA =
  /^numpy(\._?core(\.(multiarray|numeric|_internal))?|\.dtypes)?\.(_reconstruct|scalar|_frombuffer|ndarray|dtype|bool_?|u?int\d*|float\d*|complex\d*|str_|bytes_|[A-Z]\w*DType)$/;
/** States of random generators, which trainers save to resume exactly. */
const RANDOM_DATA =
  /^numpy\.random\.(_pickle\.__(randomstate|generator|bit_generator)_ctor|_(mt19937|pcg64|philox|sfc64)\.\w+)$/;
const TORCH_STORAGE = /^torch(\.\w+)*\.(\w*Storage)$/;
const TORCH_DTYPE =
  /^torch\.(float\d\w*|bfloat16|half|double|float|u?int\d+|long|int|short|bool|complex\d+|q?u?int\d+x?\d*|quint\w+|qint\w+|strided|sparse_\w+|contiguous_format|preserve_format|channels_last\w*|per_\w+)$/;
/** What a distributed or a DeepSpeed checkpoint says about its own layout. */
const LAYOUT_DATA =
  /^(torch\.distributed\.checkpoint\.(metadata|filesystem)\.\w+|deepspeed\.runtime\.zero\.config\.ZeroStageEnum)$/;
/** Typed lists of a TorchScript archive. */
const SCRIPT_DATA = /^torch\.jit\._pickle\.(restore_type_tag|build_(int|tensor|double|bool)list)$/;
const PATHLIB = /^pathlib(\._local|\._abc)?\.(Pure)?(Posix|Windows)?Path$/;

/** Modules with nothing that a checkpoint could need; a bare mention is already worth a security finding. */
const CODE_MODULES =
  /^(os|posix|nt|ntpath|posixpath|subprocess|sys|builtins|__builtin__|runpy|ctypes|socket|shutil|importlib|imp|pty|commands|code|codeop|pickle|_pickle|cPickle|marshal|types|inspect|webbrowser|platform|multiprocessing|asyncio|threading|_thread|urllib|http|requests|ftplib|smtplib|tempfile|pip|pkgutil|site|signal|gc|timeit|pdb|bdb|cProfile|profile|trace|doctest|ssl|dill|cloudpickle|operator|functools|numpy\.testing|torch\.hub|torch\.utils\.cpp_extension|torch\.jit)(\.|$)/;

/** Whether calling it only makes an object of torch's own (`torch.nn.ReLU()`): its classes start with a capital letter. */
export function isTorchClass(module: string, name: string): boolean {
  return /^torch\.(nn|optim)(\.|$)/.test(module) && /^_*[A-Z]\w*$/.test(name);
}

export function classifyGlobal(module: string, name: string): GlobalKind {
  const path = `${module}.${name}`;
  if (DATA_NAMES.has(path) || NUMPY_DATA.test(path) || TORCH_STORAGE.test(path) || TORCH_DTYPE.test(path))
    return "data";
  if (PATHLIB.test(path) || RANDOM_DATA.test(path) || LAYOUT_DATA.test(path) || SCRIPT_DATA.test(path)) return "data";
  if (BUILTIN_MODULES.has(module) && BUILTIN_DATA.has(name)) return "data";
  if (CODE_MODULES.test(path)) return "code";
  // A dotted name reaches through a module into what that module imported: `torch.serialization` `os.system`.
  const parts = name.split(".", 64);
  const reaches = parts.some((part, index) => index < parts.length - 1 && CODE_MODULES.test(`${part}.`));
  return reaches ? "code" : "class";
}
