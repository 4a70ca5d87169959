/** Where each rule of the lint is explained: why, formula, example, reference. */
const RULE_PAGES = "https://github.com/modescope/modescope/blob/main/docs/rules/";

export function rulePage(rule: string): string {
  return `${RULE_PAGES}${rule}.md`;
}
