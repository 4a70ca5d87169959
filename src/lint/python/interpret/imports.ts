import type { Statement } from "../syntax/types.ts";
import type { Scope } from "../values/types.ts";
import type { Machine } from "./machine.ts";
import { canonicalPath } from "./names.ts";

export function importNames(
  machine: Machine,
  { module, names }: Extract<Statement, { type: "import" }>,
  scope: Scope,
): void {
  for (const { path, as } of names) {
    if (path === "*") {
      if (module !== null && !machine.stars.includes(canonicalPath(module))) machine.stars.push(canonicalPath(module));
      continue;
    }
    if (module !== null) {
      const whole = module.endsWith(".") ? `${module}${path}` : `${module}.${path}`;
      machine.journal.setEntry(scope.variables, as === "" ? path : as, {
        kind: "external",
        path: canonicalPath(whole),
      });
      continue;
    }
    // `import a.b` binds a; `import a.b as c` binds a.b.
    const bound = as === "" ? (path.split(".")[0] ?? path) : path;
    machine.journal.setEntry(scope.variables, as === "" ? bound : as, { kind: "external", path: canonicalPath(bound) });
  }
}
