// Reads flowcharts (a JSON list of texts), and prints what Mermaid finds in each, as JSON.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/`);
const load = async (name) => import(pathToFileURL(require.resolve(name)));

const { JSDOM } = await load("jsdom");
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await load("mermaid");

const found = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  found.push({
    nodes: [...db.getVertices().values()].map(({ id, text }) => [id, text]),
    edges: db.getEdges().map(({ start, end, text }) => [start, end, text]),
    groups: db.getSubGraphs().map(({ id, title }) => [id, title]),
  });
}
console.log(JSON.stringify(found));
