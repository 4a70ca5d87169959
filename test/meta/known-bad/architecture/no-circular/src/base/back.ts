import "./bad.ts";
