export const USAGE = `modescope: what is in a checkpoint, and what its weights look like

Usage
  modescope inspect FILE [--json]
      Tensors, shapes, dtypes, roles and totals. Reads the header only.
  modescope analyze FILE [--json] [--tensors GLOB] [--analyses LIST]
      Statistics and spectra of every tensor; fused tensors gate by gate.

Options
  --json            machine-readable output (schema: docs/cli-json.md)
  --tensors GLOB    only tensors whose name matches, e.g. 'encoder.*.weight'
  --analyses LIST   comma-separated; default statistics,spectrum
  --exact-limit N   spectra are exact up to this smaller dimension (default 1024)
  --workers N       worker threads; 0 (default) is one for each core
  --no-cache        compute everything anew
  --help, --version

FILE is a .safetensors, .safetensors.index.json, PyTorch (.pt .pth .ckpt .bin) or NumPy (.npy .npz) file.
Nothing in it is executed.

Exit codes
  0  all done                       2  the call was wrong
  1  some tensors failed            3  the file cannot be read as a checkpoint
  130  interrupted

Examples
  modescope inspect model.safetensors
  modescope analyze step-000.pt --tensors '*.weight' --json > step-000.json
`;
