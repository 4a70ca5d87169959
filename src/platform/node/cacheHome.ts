import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where caches go: $XDG_CACHE_HOME by the XDG Base Directory Specification 0.8, by which an empty or relative value counts as none. */
export function cacheHome(value: string | undefined = process.env.XDG_CACHE_HOME): string {
  return value !== undefined && isAbsolute(value) ? value : join(homedir(), ".cache");
}
