import { type Rule, refused, type Site } from "./rule.ts";

export const input = ({ node }: Site) => node.inputs[0]!;
export const output = ({ node }: Site) => node.outputs[0]!;

/** An operation that is linear in its first input: the same on a tangent; `back` takes the cotangent home. */
export function linear(
  forward: (site: Site, tangent: string) => string,
  back: (site: Site, cotangent: string) => string,
): Rule {
  const through = (site: Site, value: string | null, use: typeof forward) => [value === null ? null : use(site, value)];
  return {
    forward: (site, tangents) => {
      if (tangents.some((tangent, i) => i > 0 && tangent !== null))
        throw refused(site.node, "what says how it moves entries depends on the value");
      return through(site, tangents[0] ?? null, forward);
    },
    reverse: (site, cotangents) => through(site, cotangents[0] ?? null, back),
  };
}
