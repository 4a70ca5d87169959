import "../styles/main.css";
import { PANELS } from "../panels/registry.ts";
import { boot } from "./boot.ts";
import type { VsCodeApi } from "./transport.ts";
import { registerComponents } from "./ui.ts";

declare function acquireVsCodeApi(): VsCodeApi;

registerComponents();
const root = document.getElementById("root");
if (root !== null) boot(root, acquireVsCodeApi(), PANELS);
