// Runs the add-in's JavaScript in Node: node office_node.mjs ADDRESS CALLS; the answer is JSON.
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const [address, callsFile] = process.argv.slice(2);
const script = await (await fetch(address)).text();
vm.runInThisContext(fs.readFileSync(path.join(import.meta.dirname, "office_stub.js"), "utf8"));
globalThis.document = { currentScript: { src: address } };
vm.runInThisContext(script);
const calls = JSON.parse(fs.readFileSync(callsFile, "utf8"));
const begun = performance.now();
const done = await globalThis.run(calls);
console.log(JSON.stringify({ ...done, seconds: (performance.now() - begun) / 1000 }));
