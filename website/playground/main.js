// The playground: editor on the left, what cnncalc calculates on the right.

import { el } from "../../cnncalc/views/report/assets/dom.js";
import { networkOf } from "../../cnncalc/views/report/assets/network.js";
import { plural } from "../../cnncalc/views/report/assets/numbers.js";
import { storeOf } from "../../cnncalc/views/report/assets/store.js";

import { editorOf } from "./editor.js";
import { engineOf, Stopped } from "./engine.js";
import { messagesOf } from "./messages.js";
import { BadLink, fragmentOf, readFragment } from "./share.js";
import { tabsOf } from "./tabs.js";

const DEBOUNCE = 150; // milliseconds
const PATIENCE = 4000; // until a calculation can be stopped
const IDLE = 250; // after the numbers, before what takes longer
const FIRST = "alexnet";

const page = (id) => document.getElementById(id);
const status = page("status");
const examples = /** @type {HTMLSelectElement} */ (page("examples"));
const variants = /** @type {HTMLSelectElement} */ (page("variants"));

const state = {
  variant: "",
  example: null, // the bundled network, as long as its file is not changed
  written: "", // the text that was last written into the editor
  families: {},
  store: null,
  wanted: 0, // counts requests: what answers an older one is outdated
  running: false,
};

const editor = editorOf(page("editor"), () => {
  if (editor.text() !== state.written) state.example = null;
  later();
});
const messages = messagesOf(page("messages"), (problem) =>
  editor.goTo(problem.line, problem.column),
);
const tabs = tabsOf(page("tabs"), page("result"), {
  goTo: (line) => editor.goTo(line, 1),
  exported: (form) => engine.ask("export", { form }).then(({ result }) => result),
});
const engine = engineOf({
  onStage: (stage) => say(`${stage} …`, "busy"),
  onReady: fillExamples,
  onFailed: (error) => say(`cnncalc could not be started: ${error}`, "failed"),
});

function say(text, look = "") {
  status.textContent = text;
  status.className = look;
}

// Calculation

let timer = null;

function later() {
  state.wanted++;
  clearTimeout(timer);
  timer = setTimeout(calculate, DEBOUNCE);
}

function now() {
  clearTimeout(timer);
  state.wanted++;
  return calculate();
}

/** Calculates the text of the editor; what is typed meanwhile is calculated after that. */
async function calculate() {
  if (state.running) return;
  state.running = true;
  const wanted = state.wanted;
  const started = performance.now();
  const slow = setTimeout(offerToStop, PATIENCE);
  try {
    await engine.ready;
    const text = editor.text();
    const { result, took } = await engine.ask("calculate", { text, variant: state.variant });
    show(result);
    if (text === editor.text()) editor.hint(result.hints);
    performance.measure("calculation", { start: started, end: performance.now() });
    if (result.network) say(`calculated in ${Math.ceil(took)} ms`);
    rememberInAddress(text, wanted);
    setTimeout(() => details(wanted), IDLE);
  } catch (error) {
    if (!(error instanceof Stopped)) say(`cnncalc failed: ${error.message}`, "failed");
  } finally {
    clearTimeout(slow);
    state.running = false;
  }
  if (wanted !== state.wanted) calculate();
}

/** What takes longer than the numbers: how they are calculated, and what the rules find. */
async function details(wanted) {
  try {
    for (const [kind, take] of [
      ["explain", addExplanations],
      ["check", showProblems],
    ]) {
      if (wanted !== state.wanted) return;
      const { result } = await engine.ask(kind);
      if (wanted === state.wanted) take(result);
    }
    document.documentElement.dataset.settled = String(wanted);
  } catch (error) {
    if (!(error instanceof Stopped)) say(`cnncalc failed: ${error.message}`, "failed");
  }
}

function offerToStop() {
  const stop = el("button", { type: "button", onclick: () => engine.restart() }, "Stop");
  status.replaceChildren("This takes long … ", stop);
}

function show(result) {
  const { network, problems, layers } = result;
  fillVariants(result);
  showProblems(problems);
  page("outdated").hidden = Boolean(network) || !state.store || layers > 0;
  page("result").classList.toggle("old", !network);
  if (layers)
    say(`${plural(layers, "layer")} are too many for this page: use cnncalc show`, "failed");
  if (!network) {
    if (!layers) say("");
    return;
  }
  const before = state.store;
  state.store = storeOf(networkOf(network));
  keepView(before, state.store);
  tabs.show(state.store);
}

/** The same groups are expanded and the same layer is selected as before, by their paths. */
function keepView(before, store) {
  if (!before || before.net.show.name !== store.net.show.name) return;
  const known = before.net.containers;
  const open = new Map(known.map((container) => [container.path, before.isOpen(container)]));
  for (const container of store.net.containers) {
    if (open.get(container.path) === true) store.open.add(container.id);
    if (open.get(container.path) === false) store.open.delete(container.id);
  }
  store.measure = before.measure;
  const { selected } = before;
  if (!selected) return;
  const items = selected.kind === "container" ? store.net.containers : store.net.layers;
  store.selected = items.find((item) => item.path === selected.path) ?? null;
}

function addExplanations({ explanations, layers }) {
  if (!state.store) return;
  const { net, selected } = state.store;
  net.data.explanations = explanations;
  net.layers.forEach((layer, index) => (layer.explanation = layers[index] ?? []));
  if (selected) state.store.select(selected, false);
}

function showProblems(problems) {
  messages.show(problems);
  editor.show(problems);
}

// Examples, variants, links

function fillExamples({ families }) {
  state.families = families;
  const groups = Object.entries(families).map(([file, names]) =>
    el(
      "optgroup",
      { label: file },
      ...names.map((name) => el("option", { value: name }, name)),
    ),
  );
  examples.replaceChildren(el("option", { value: "" }, "Networks …"), ...groups);
  examples.disabled = false;
}

function fillVariants({ variants: names, variant, network }) {
  if (!names.length && !network) return; // what is not YAML has no variants for the moment
  state.variant = variant ?? "";
  const listed = [...variants.options].map((option) => option.value);
  if (listed.join("\n") !== names.join("\n")) {
    variants.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
  }
  variants.value = state.variant;
  variants.closest("label").hidden = names.length < 2;
}

async function openExample(name, variant = "", isWanted = () => true) {
  const { result } = await engine.ask("example", { name });
  if (!isWanted()) return;
  if (!result.text) throw new BadLink(`there is no network ${name}`);
  write(result.text, variant || result.variant);
  state.example = name;
  await now();
}

function write(text, variant) {
  state.written = text;
  state.variant = variant;
  editor.write(text);
}

async function rememberInAddress(text, wanted) {
  const fragment = await addressOf(text);
  if (wanted === state.wanted) history.replaceState(null, "", fragment);
}

async function addressOf(text) {
  const isExample = state.example && text === state.written;
  if (!isExample) return fragmentOf(text, state.variant);
  const words = new URLSearchParams({ net: state.example });
  if (state.variant && state.variant !== state.example) words.set("variant", state.variant);
  return `#${words}`;
}

let links = 0; // counts links: a later one is opened in place of an earlier

async function openLink() {
  const link = ++links;
  const isWanted = () => link === links;
  try {
    const found = await readFragment(location.hash);
    if (!isWanted()) return;
    if (found?.text !== undefined) {
      write(found.text, found.variant);
      await now();
    } else await openExample(found?.net ?? FIRST, found?.variant, isWanted);
  } catch (error) {
    if (error instanceof Stopped || !isWanted()) return;
    await openExample(FIRST, "", isWanted);
    say(error.message, "failed");
  }
}

examples.addEventListener("change", () => {
  if (examples.value) openExample(examples.value);
  examples.value = "";
});
variants.addEventListener("change", () => {
  state.variant = variants.value;
  if (state.example) state.example = variants.value;
  now();
});
page("share").addEventListener("click", async () => {
  const address = new URL(await addressOf(editor.text()), location.href);
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address.href);
    say("The link is copied: it holds the file");
  } catch {
    say("The address of this page is the link: it holds the file");
  }
});
addEventListener("hashchange", openLink);
openLink();
