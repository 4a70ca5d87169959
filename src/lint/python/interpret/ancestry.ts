import type { ClassValue, Value } from "../values/types.ts";

/** More ancestors than this are not looked through: the deepest class of any library that we know has some thirty. */
const MOST_ANCESTORS = 256;

interface Lineage {
  readonly classes: readonly ClassValue[];
  readonly libraries: readonly string[];
}

const lineages = new WeakMap<ClassValue, Lineage>();

/** Itself and its ancestors, each once, in the order in which a member is looked for; and the library's classes among them. */
function lineageOf(type: ClassValue): Lineage {
  const known = lineages.get(type);
  if (known !== undefined) return known;
  const classes = new Set<ClassValue>();
  const libraries = new Set<string>();
  const waiting: Value[] = [type];
  for (let one = waiting.pop(); one !== undefined && classes.size < MOST_ANCESTORS; one = waiting.pop()) {
    if (one.kind === "external") libraries.add(one.path);
    if (one.kind !== "class" || classes.has(one)) continue;
    classes.add(one);
    waiting.push(...[...one.bases].reverse());
  }
  const fresh = { classes: [...classes], libraries: [...libraries] };
  lineages.set(type, fresh);
  return fresh;
}

export function ancestry(type: ClassValue): readonly ClassValue[] {
  return lineageOf(type).classes;
}

/** All library classes among its ancestors. */
export function libraryBases(type: ClassValue): readonly string[] {
  return lineageOf(type).libraries;
}

/** The library's class that it descends from; undefined for none. */
export function rootPath(type: ClassValue): string | undefined {
  return libraryBases(type)[0];
}

/** In the class or the nearest base that has it. */
export function memberOf(type: ClassValue, name: string): Value | undefined {
  for (const one of ancestry(type)) {
    const member = one.members.get(name);
    if (member !== undefined) return member;
  }
  return undefined;
}

/** What `super().name` is, seen from the class `from`. */
export function memberAbove(from: ClassValue, name: string): Value | undefined {
  for (const one of ancestry(from).slice(1)) {
    const member = one.members.get(name);
    if (member !== undefined) return member;
  }
  return undefined;
}

export function descendsFrom(type: ClassValue, ancestor: ClassValue): boolean {
  return ancestry(type).includes(ancestor);
}
