// Runs the add-in's page and the server's own page in Chromium: node office_browser.mjs PUPPETEER CHROMIUM ADDRESS CALLS; the answer is JSON.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [folder, chromium, address, callsFile] = process.argv.slice(2);
const puppeteer = createRequire(path.join(folder, "package.json"))("puppeteer-core");
const browser = await puppeteer.launch({
  executablePath: chromium, acceptInsecureCerts: true, args: ["--no-sandbox", "--disable-gpu"],
});
const faults = [];
const outside = [];

async function open(name) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.url().startsWith(address)) return request.continue();
    outside.push(request.url());
    const body = fs.readFileSync(path.join(import.meta.dirname, "office_stub.js"), "utf8");
    return request.respond({ contentType: "text/javascript", body });
  });
  await page.goto(address + name, { waitUntil: "load" });
  return page;
}

const addin = await open("addin.html");
const calls = JSON.parse(fs.readFileSync(callsFile, "utf8"));
const excel = await addin.evaluate((listed) => globalThis.run(listed), calls);
const page = await open("");
const shown = {};
for (const [name, changes] of [["LLM_API_COST", {}], ["LLM_FITS", {}], ["LLM_PRICE", { item: "H900" }], ["LLM_COMPARE", {}], ["LLM_TCO", { assumptions: "name\tvalue\npue\t1.5" }]]) {
  await page.evaluate((id) => { document.getElementById(id).open = true; }, name);
  for (const [field, text] of Object.entries(changes)) {
    await page.$eval(`#${name}-${field}`, (box, value) => { box.value = value; }, text);
  }
  await page.click(`#${name} button`);
  await page.waitForFunction((id) => document.querySelector(`#${id} output`).textContent !== "", {}, name);
  shown[name] = await page.$eval(`#${name} output`, (box) => ({
    text: box.textContent, kind: box.className, rows: [...box.querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
  }));
}
await browser.close();
console.log(JSON.stringify({ ...excel, shown, faults, outside }));
