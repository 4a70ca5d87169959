import "./back.ts";
