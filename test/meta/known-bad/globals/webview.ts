export const node = [process.pid, Buffer.alloc(1), require("fs"), __dirname];
