import type { Finding } from "../../types.ts";
import type { UnpickleReport } from "../pickle/machine.ts";

/** Names listed one by one; beyond these a person needs only the count. */
const MAX_LISTED = 50;
const MAX_CLASSES_NAMED = 5;
const MAX_NAME = 200;

/** What the names in a pickle mean for a person: what Python would run, and which classes are only read as data. */
export function pickleFindings(report: Pick<UnpickleReport, "code" | "classes">): Finding[] {
  const findings: Finding[] = [];
  const code = [...report.code];
  for (const name of code.slice(0, MAX_LISTED)) {
    findings.push({
      kind: "security",
      message: `The file asks Python to run ${name.slice(0, MAX_NAME)} when loaded with torch.load(weights_only=False). ModeScope never runs it.`,
      field: name.slice(0, MAX_NAME),
    });
  }
  if (code.length > MAX_LISTED) {
    findings.push({
      kind: "security",
      message: `The file asks Python to run ${code.length - MAX_LISTED} more functions when loaded with torch.load(weights_only=False). ModeScope never runs them.`,
    });
  }
  const classes = [...report.classes].filter((name) => !report.code.has(name));
  if (classes.length > 0) {
    const named = classes.slice(0, MAX_CLASSES_NAMED).map((name) => name.slice(0, MAX_NAME));
    const rest = classes.length - named.length;
    const list = `${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
    const isModule = classes.some((name) => name.startsWith("torch.nn.modules."));
    findings.push({
      kind: "warning",
      message: isModule
        ? `The file holds a whole module, not only its weights: its classes (${list}) are read as inert data.`
        : `The file refers to classes or functions of the code that saved it (${list}): they are read as inert data.`,
    });
  }
  return findings;
}
