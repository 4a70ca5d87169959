const ROWS = 14;

/** Grey bars in the places of header and rows, at once, so that nothing jumps when the data come. */
export function showSkeleton(element: HTMLElement): void {
  const skeleton = document.createElement("div");
  skeleton.className = "ms-skeleton";
  skeleton.setAttribute("role", "status");
  skeleton.setAttribute("aria-label", "Loading");
  for (const name of ["title", "line", ...Array.from({ length: ROWS }, () => "row")]) {
    const bar = document.createElement("div");
    bar.className = `ms-skeleton-${name}`;
    skeleton.append(bar);
  }
  element.replaceChildren(skeleton);
}
