// The worker: Python, and cnncalc in it.  It answers one request after the other.

import { loadPyodide } from "./pyodide/pyodide.mjs";

const CODE = `
from cnncalc_playground import Session, catalogue, example
session = Session()
`;

let python = null;

const here = (path) => new URL(path, import.meta.url).href;
const say = (stage) => postMessage({ kind: "stage", stage });

async function start() {
  say("Loading Python");
  const archive = fetch(here("cnncalc.zip")).then((response) => response.arrayBuffer());
  python = await loadPyodide({ indexURL: here("./pyodide/"), stdout: () => {}, stderr: () => {} });
  say("Starting cnncalc");
  python.unpackArchive(new Uint8Array(await archive), "zip", { extractDir: "/home/cnncalc" });
  python.runPython('import sys; sys.path.insert(0, "/home/cnncalc")');
  python.runPython(CODE);
  forgetNetwork();
  postMessage({ kind: "ready", catalogue: call("catalogue") });
}

/** All that the page needs is here now: from here on, nothing can be requested. */
function forgetNetwork() {
  for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "importScripts"]) {
    Object.defineProperty(self, name, { value: undefined });
  }
}

/** Calls a function of Python with texts, and reads the JSON that it returns. */
function call(path, ...words) {
  const function_ = path
    .split(".")
    .reduce((found, name) => found.get?.(name) ?? found[name], python.globals);
  return JSON.parse(function_(...words));
}

const ACTIONS = {
  calculate: ({ text, variant }) => call("session.calculate", text, variant),
  explain: () => call("session.explain"),
  check: () => call("session.check"),
  export: ({ form }) => call("session.export", form),
  example: ({ name }) => call("example", name),
};

onmessage = ({ data }) => {
  const start = performance.now();
  try {
    const result = ACTIONS[data.kind](data);
    postMessage({ kind: "answer", id: data.id, result, took: performance.now() - start });
  } catch (error) {
    postMessage({ kind: "answer", id: data.id, error: String(error) });
  }
};

start().catch((error) => postMessage({ kind: "failed", error: String(error) }));
