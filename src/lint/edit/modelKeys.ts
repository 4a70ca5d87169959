import type { FoundModel } from "../python/models.ts";

/** A name for each network of a source that stays while code around it is edited: "DeepTanh", and "DeepTanh 2" for the second of that name. */
export function modelKeys(models: readonly FoundModel[]): readonly string[] {
  const counts = new Map<string, number>();
  return models.map(({ network: { name } }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}
