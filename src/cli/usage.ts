import { ANALYSES } from "../analysis/registry.ts";
import { FORMATS } from "../formats/registry.ts";

export function usage(): string {
  const analyses = ANALYSES.map(({ manifest }) => `  ${manifest.id.padEnd(17)} ${manifest.title}`).join("\n");
  const formats = FORMATS.map(({ manifest }) => `  ${manifest.title.padEnd(34)} ${manifest.extensions.join(" ")}`).join(
    "\n",
  );
  return `modescope: what is in a checkpoint, and what its weights look like

Usage
  modescope inspect FILE… [--json | --csv] [--tensors GLOB]
      Tensors, shapes, dtypes, roles and totals. Reads headers only: a file of any size takes a moment.
  modescope analyze FILE… [--json | --csv] [--tensors GLOB] [--analyses LIST]
      Statistics and spectra of every tensor, each against its null; fused tensors (LSTM gates, q/k/v) part by part.
  modescope hierarchy FILE… [--json] [--tensors GLOB] [--items rows|columns] [--labels FILE]
      Items of a table (CSV, TSV) or a weight as a tree, each split with the mode that makes it, its purity and its null.
  modescope dynamics FOLDER|FILE [--json] [--data TABLE] [--rate η [--loss half-sum|sum|mean] [--momentum β]]
      How the modes of a table were learned over a series of checkpoints of a linear network, beside the theory's times.

Options
  --json            everything, machine-readable: one document a file (schema: docs/cli-json.md)
  --csv             one line a tensor, all digits
  --tensors GLOB    only tensors whose name matches: * any characters, ? one; e.g. 'encoder.*.weight'
  --analyses LIST   comma-separated, see below; default statistics,spectrum; with --against also travel
  --against FILE    an earlier checkpoint of the same run: what changed since, and noise levels from its entries
  --items SIDE      hierarchy: which side of the matrix is items; default a table's rows, a weight's columns (inputs)
  --labels FILE     hierarchy: names as JSON or one a line; default labels.json or .txt beside the file or one folder up
  --geometry WORD   hierarchy: hidden (default, items at √σ·v) or behaviour (σ·v)
  --centre          hierarchy: subtract each property's mean; deletes the mode that all items share
  --draws N         hierarchy: permutations for the nulls (default 1000; fewer where items are many, and it says so)
  --read-as P=R     read tensors whose name matches P as R: a role, a layout (out-in, in-out), or both; may be given several times,
                    e.g. 'decoder.*.weight=weight,in-out'
  --data TABLE      dynamics: items × properties that were taught (one-hot items); default data.csv beside or one folder up
  --rate η          dynamics: learning rate of plain gradient descent; without it nothing is predicted (Adam has no such theory)
  --loss WORD       dynamics: half-sum (½Σ‖y−ŷ‖², default), sum, or mean over all entries;  --momentum β: default 0
  --exact-limit N   all singular values up to this smaller dimension, above it the leading ones (default 1024)
  --workers N       worker threads; 0 (default) is one for each core
  --no-cache        compute everything anew, keep nothing
  --help, --version

FILE is a checkpoint, told by its content, a folder that is one model (shards and
their index, config.json and weights), or a quoted pattern of such names. Nothing in a file is ever executed: a pickle is read
as data, and what it would run is reported.
${formats}

Analyses
${analyses}

Columns of analyze
  ‖W‖₂ largest singular value · stable rank ‖W‖_F²/‖W‖₂² · erank exp(entropy of the singular values' shares); ~ marks an estimate,
  whose standard error is in --json and --csv · modes: singular values above the 99 % noise edge (empty where no null may be fitted)
  σ₁/edge · travel ‖W−W₀‖_F/‖W₀‖_F since the checkpoint named with --against

Exit codes
  0    all done
  1    some tensors failed (those that did not are in the output)
  2    the call was wrong
  3    a file cannot be read as a checkpoint
  130  interrupted (Ctrl-C)

Examples
  modescope inspect model.safetensors
  modescope analyze step-000.pt --tensors '*.weight'
  modescope hierarchy samples/toy-world/eight-items/data.csv
  modescope dynamics samples/toy-world/eight-items/checkpoints --rate 0.01
  modescope analyze 'run/step-*.pt' --csv > run.csv
  modescope analyze run/step-900.pt --against run/step-000.pt
  modescope analyze model.safetensors --json | jq '.targets[] | {name, norm: .analyses.spectrum.result.spectralNorm.value}'

Progress, findings and failures go to standard error; results to standard output. NO_COLOR is honoured.
Results are kept in $XDG_CACHE_HOME/modescope (else ~/.cache/modescope), at most 512 MiB: asking again is quick.
`;
}
