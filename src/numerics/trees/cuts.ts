import type { Merge } from "./averageLinkage.ts";

/** Which of k clusters each item is in when the last k − 1 merges are undone, for k = 2 … most. Clusters are numbered by their first item. */
export function cutsOf(merges: readonly Merge[], n: number, most: number): readonly Int32Array[] {
  return Array.from({ length: Math.max(0, Math.min(most, n) - 1) }, (_, at) => {
    const label = new Int32Array(n).fill(-1);
    const waiting = rootsOf(merges, n, at + 2).map((root) => ({ root, members: membersOf(merges, n, root) }));
    waiting.sort((a, b) => Math.min(...a.members) - Math.min(...b.members));
    for (const [cluster, { members }] of waiting.entries()) for (const item of members) label[item] = cluster;
    return label;
  });
}

function rootsOf(merges: readonly Merge[], n: number, k: number): readonly number[] {
  const roots = new Set([n + merges.length - 1]);
  for (let undone = 0; undone < k - 1; undone++) {
    const last = n + merges.length - 1 - undone;
    const merge = merges[last - n]!;
    roots.delete(last);
    roots.add(merge.left);
    roots.add(merge.right);
  }
  return [...roots];
}

function membersOf(merges: readonly Merge[], n: number, root: number): readonly number[] {
  const members: number[] = [];
  const waiting = [root];
  while (waiting.length > 0) {
    const next = waiting.pop()!;
    if (next < n) members.push(next);
    else waiting.push(merges[next - n]!.left, merges[next - n]!.right);
  }
  return members;
}
