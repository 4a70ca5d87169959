import "../platform/node/target.ts";
import "../extension/target.ts";
import "node:worker_threads";
