// The editor: CodeMirror, with the problems of the file at their places.
//
// It is in a shadow tree, where its styles are adopted: the policy of the page allows no others.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentOnInput } from "@codemirror/language";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, drawSelection, keymap } from "@codemirror/view";
import { highlightActiveLine, highlightActiveLineGutter, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const THEME = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "13.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
    lineHeight: "1.55",
  },
  ".cm-content": { caretColor: "var(--ink)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--paper)",
    color: "var(--muted)",
    border: "0",
    fontSize: "12px",
  },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--muted) 9%, transparent)",
  },
  "& .cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    fontSize: "13px",
    maxWidth: "min(520px, 90vw)",
  },
  ".cm-diagnostic": { padding: "6px 10px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--note)" },
  ".cm-hint": { color: "var(--muted)", fontSize: "0.86em", paddingLeft: "2ch", opacity: "0.85" },
  ".cm-lintRange": { backgroundImage: "none", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--error) 1px" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--warning) 1px" },
  ".cm-lintRange-info": { textDecoration: "underline dotted var(--note) 1px" },
  ".cm-matchingBracket": { backgroundColor: "var(--mark) !important" },
});

const COLORS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--string)" },
  { tag: [tags.number, tags.bool], color: "var(--number)" },
  { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
]);

const SEVERITIES = { error: "error", warning: "warning", note: "info" };

// The shape and the parameters of each step, at the end of its line

class Hint extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    const node = document.createElement("span");
    node.className = "cm-hint";
    node.textContent = this.text.replace("->", "→");
    return node;
  }
}

const setHints = StateEffect.define();

const hintField = StateField.define({
  create: () => Decoration.none,
  update(shown, transaction) {
    const found = transaction.effects.find((effect) => effect.is(setHints));
    return found ? found.value : shown.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const hintsOf = (doc, hints) =>
  Decoration.set(
    hints.map(({ line, column, text }) =>
      Decoration.widget({ widget: new Hint(text), side: 1 }).range(offset(doc, line, column)),
    ),
    true,
  );

export function editorOf(host, onChange) {
  const root = host.attachShadow({ mode: "open" });
  const place = document.createElement("div");
  place.style.height = "100%";
  root.append(place);
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    indentOnInput(),
    bracketMatching(),
    indentUnit.of("  "),
    lintGutter(),
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    yaml(),
    syntaxHighlighting(COLORS),
    hintField,
    THEME,
    EditorView.contentAttributes.of({
      "aria-label": "The architecture file, in YAML",
      spellcheck: "false",
      autocapitalize: "off",
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange();
    }),
  ];
  const view = new EditorView({
    parent: place,
    root,
    state: EditorState.create({ doc: "", extensions }),
  });
  return {
    text: () => view.state.doc.toString(),
    /** Replaces the text, as one step that can be undone. */
    write(text) {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: 0 },
        scrollIntoView: true,
      });
    },
    hint(hints) {
      view.dispatch({ effects: setHints.of(hintsOf(view.state.doc, hints)) });
    },
    show(problems) {
      const found = problems.map((problem) => diagnostic(view.state.doc, problem));
      view.dispatch(setDiagnostics(view.state, found));
    },
    /** Puts the cursor at a place of the file. */
    goTo(line, column) {
      const at = offset(view.state.doc, line, column);
      view.dispatch({
        selection: { anchor: at },
        effects: EditorView.scrollIntoView(at, { y: "center" }),
      });
      view.focus();
    },
  };
}

function diagnostic(doc, problem) {
  const from = offset(doc, problem.line, problem.column);
  const to = offset(doc, problem.end_line, problem.end_column);
  return {
    from,
    to: Math.max(from, to),
    severity: SEVERITIES[problem.severity],
    source: problem.rule,
    message: problem.hint ? `${problem.message}\n${problem.hint}` : problem.message,
  };
}

/** A place of Python, which counts code points, in the text of the editor, in UTF-16. */
function offset(doc, line, column) {
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(Math.max(1, line));
  let at = 0;
  for (const char of text) {
    if (--column < 1) break;
    at += char.length;
  }
  return from + at;
}
