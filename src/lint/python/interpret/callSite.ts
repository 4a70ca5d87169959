import type { CallExpression, Place } from "../syntax/types.ts";

export type Site = Place;

/** A call that the source does not write itself (a property, a map, a walk over modules), at the place that causes it. */
export function callAtSite(site: Site): CallExpression {
  if ("type" in site && (site as { type?: unknown }).type === "call") return site as CallExpression;
  const { unit, from, to } = site;
  return { unit, from, to, type: "call", callee: { unit, from, to, type: "unknown" }, args: [], open: to, close: to };
}
