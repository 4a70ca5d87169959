/** A name pattern: `*` any run of characters, `?` one character; everything else stands for itself. Linear in the name's length. */
export function globMatcher(pattern: string): (name: string) => boolean {
  return (name) => {
    let p = 0;
    let n = 0;
    let star = -1;
    let retry = 0;
    while (n < name.length) {
      if (p < pattern.length && (pattern[p] === "?" || (pattern[p] === name[n] && pattern[p] !== "*"))) {
        p += 1;
        n += 1;
      } else if (pattern[p] === "*") {
        star = p;
        retry = n;
        p += 1;
      } else if (star >= 0) {
        p = star + 1;
        retry += 1;
        n = retry;
      } else {
        return false;
      }
    }
    while (pattern[p] === "*") p += 1;
    return p === pattern.length;
  };
}
