"""The language server, as an editor uses it: over standard input and output."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from .support.editor_client import WHOLE, Editor
from .support.processes import ENVIRONMENT, PATIENCE, cnncalc, interrupt
from .support.watching import SETTINGS

NET = """\
input: 3x8x8
vars: {width: 4}
layers:
  - {conv: width, kernel: 3, name: stem}
  - {add: [stem, [{conv: width, kernel: 1}]]}
variants:
  small: {}
  large: {vars: {width: 9}}
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    started = Editor(tmp_path_factory.mktemp("nets"))
    yield started
    assert started.end() == 0


def start_of(found: types.Range) -> tuple[int, int]:
    return found.start.line, found.start.character


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """A text after edits, in lines of one unit per character."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda one: start_of(one.range), reverse=True):
        (line, first), last = start_of(edit.range), edit.range.end
        assert last.line == line
        lines[line] = lines[line][:first] + edit.new_text + lines[line][last.character :]
    return "\n".join(lines)


# What is shown


def test_hints_follow_the_text(editor: Editor) -> None:
    document = editor.open(NET)
    # 3x3x3 x 4 + 4 and 4 x 4 + 4
    assert editor.hints(document) == [
        (3, 40, "-> 4x6x6  112"),
        (4, 42, "-> 4x6x6  20"),
        (4, 45, "-> 4x6x6"),
    ]
    editor.type(document, NET.replace("width: 4", "width: 5"))
    assert editor.hints(document)[0][2] == "-> 5x6x6  140"


def test_the_last_good_hints_stay_while_the_text_is_broken(editor: Editor) -> None:
    document = editor.open(NET)
    before = editor.hints(document)
    editor.type(document, NET.replace("layers:\n", "layers:\n  - {conv: [\n"))
    assert editor.hints(document) == [(line + 1, *others) for line, *others in before]
    assert [one.severity for one in editor.diagnostics(document)] == [
        types.DiagnosticSeverity.Error
    ]


def test_only_the_visible_hints_are_sent(editor: Editor) -> None:
    document = editor.open(NET)
    visible = types.Range(types.Position(4, 0), types.Position(4, 0))
    params = types.InlayHintParams(document, visible)
    found = editor.wait(editor.client.text_document_inlay_hint_async(params))
    assert [one.position.line for one in found or ()] == [4, 4]


def test_hover(editor: Editor) -> None:
    document = editor.open(NET)
    params = types.HoverParams(document, types.Position(3, 5))
    found = editor.wait(editor.client.text_document_hover_async(params))
    assert found is not None and isinstance(found.contents, types.MarkupContent)
    assert "4 x 3 x 3 x 3 | 108" in found.contents.value
    assert found.range is not None and start_of(found.range) == (3, 5)
    params = types.HoverParams(document, types.Position(0, 0))
    assert editor.wait(editor.client.text_document_hover_async(params)) is None


def test_a_variant_is_chosen_above_its_line(editor: Editor) -> None:
    document = editor.open(NET)
    params = types.CodeLensParams(document)
    lenses = editor.wait(editor.client.text_document_code_lens_async(params)) or ()
    commands = [(one.range.start.line, one.command) for one in lenses]
    assert [line for line, _ in commands] == [6, 7]
    command = commands[1][1]
    assert command is not None and list(command.arguments or ()) == [document.uri, "large"]
    editor.refreshed.clear()
    execute = types.ExecuteCommandParams(command.command, command.arguments)
    editor.wait(editor.client.workspace_execute_command_async(execute))
    with editor.news:
        assert editor.news.wait_for(lambda: len(editor.refreshed) == 2, PATIENCE)
    assert editor.hints(document)[0] == (3, 40, "-> 9x6x6  252")


def test_document_symbols(editor: Editor) -> None:
    document = editor.open(NET)
    params = types.DocumentSymbolParams(document)
    found = editor.wait(editor.client.text_document_document_symbol_async(params)) or ()
    assert [one.name for one in found] == ["input", "vars", "layers", "variants"]
    layers = found[2]
    assert isinstance(layers, types.DocumentSymbol)
    assert [child.name for child in layers.children or ()] == ["stem", "add"]


# Findings


def test_diagnostics_are_those_of_check(editor: Editor) -> None:
    """The same rules at the same places, as `check --format json` states them."""
    import json

    text = NET.replace("kernel: 1}", "kernel: 1, bias: true}, bn").replace("vars:", "# \nvars:")
    text = text.replace("kernel: 3", "kernal: 3")
    (editor.folder / "wrong.cnn.yaml").write_text(text)
    document = editor.open(text, "wrong.cnn.yaml")
    found = [
        (one.range.start.line + 1, one.range.start.character + 1, one.code)
        for one in editor.diagnostics(document)
    ]
    ran = cnncalc("check", "wrong.cnn.yaml", "--format", "json", cwd=editor.folder)
    (result,) = json.loads(ran.stdout)["results"]
    expected = [(one["line"], one["column"], one["rule"]) for one in result["findings"]]
    assert found == expected and found


def test_diagnostics_have_the_configured_severities(editor: Editor) -> None:
    folder = editor.folder / "strict"
    folder.mkdir()
    settings = folder / "pyproject.toml"
    settings.write_text('[tool.cnncalc]\nseverity = {bias-before-norm = "error"}\n')
    text = "input: 3x8x8\nlayers: [{conv: 4, kernel: 1}, bn, relu]\n"
    document = editor.open(text, "strict/net.yaml")
    severities = {one.code: one.severity for one in editor.diagnostics(document)}
    assert severities["bias-before-norm"] == types.DiagnosticSeverity.Error


def test_fixes_are_offered(editor: Editor) -> None:
    text = "input: 3x8x8\nlayers: [{conv: 4, kernal: 1}, bn]\n"
    document = editor.open(text)
    (diagnostic,) = editor.diagnostics(document)
    context = types.CodeActionContext([diagnostic])
    params = types.CodeActionParams(document, diagnostic.range, context)
    (action,) = editor.wait(editor.client.text_document_code_action_async(params)) or ()
    assert isinstance(action, types.CodeAction)
    assert action.title == "replace with `kernel`" and list(action.diagnostics or ()) == [
        diagnostic
    ]
    assert action.edit is not None and action.edit.changes is not None
    fixed = applied(text, list(action.edit.changes[document.uri]))
    assert fixed == text.replace("kernal", "kernel")
    editor.type(document, fixed)
    context = types.CodeActionContext([], [types.CodeActionKind.SourceFixAll])
    params = types.CodeActionParams(document, WHOLE, context)
    (action,) = editor.wait(editor.client.text_document_code_action_async(params)) or ()
    assert isinstance(action, types.CodeAction) and action.edit and action.edit.changes
    fixed = applied(fixed, list(action.edit.changes[document.uri]))
    assert fixed == text.replace("kernal: 1", "kernel: 1, bias: false")


def test_a_closed_file_has_no_diagnostics(editor: Editor) -> None:
    document = editor.open("input: 3\n", "closed.cnn.yaml")
    assert editor.diagnostics(document)
    editor.call(editor.client.text_document_did_close, types.DidCloseTextDocumentParams(document))

    def is_cleared() -> bool:
        last = [one for one in editor.published if one.uri == document.uri][-1]
        return not last.diagnostics

    with editor.news:
        assert editor.news.wait_for(is_cleared, PATIENCE)
    assert editor.hints(document) == []


# Names


def test_definition_references_and_rename(editor: Editor) -> None:
    document = editor.open(NET)
    at = editor.position(document, 4, 12)
    definition = types.DefinitionParams(document, at.position)
    found = editor.wait(editor.client.text_document_definition_async(definition))
    assert isinstance(found, list)
    assert [start_of(one.range) for one in found] == [(3, 35)]
    context = types.ReferenceContext(include_declaration=True)
    params = types.ReferenceParams(context, document, at.position)
    references = editor.wait(editor.client.text_document_references_async(params)) or ()
    assert [start_of(one.range) for one in references] == [(3, 35), (4, 11)]
    rename = types.RenameParams(document, at.position, "first")
    edit = editor.wait(editor.client.text_document_rename_async(rename))
    assert edit is not None and edit.changes is not None
    assert applied(NET, list(edit.changes[document.uri])) == NET.replace("stem", "first")


def test_a_rename_that_is_not_possible_states_why(editor: Editor) -> None:
    document = editor.open(NET)
    at = types.Position(4, 12)
    with pytest.raises(JsonRpcException, match="a layer or structure"):
        params = types.RenameParams(document, at, "relu")
        editor.wait(editor.client.text_document_rename_async(params))
    with pytest.raises(JsonRpcException, match="there is no name of this file here"):
        prepare = types.PrepareRenameParams(document, types.Position(0, 0))
        editor.wait(editor.client.text_document_prepare_rename_async(prepare))


def test_completion(editor: Editor) -> None:
    document = editor.open(NET)
    editor.type(document, NET.replace("variants:", "  - {conv: 4, ker\nvariants:"))
    params = types.CompletionParams(document, types.Position(5, 17))
    found = editor.wait(editor.client.text_document_completion_async(params))
    assert isinstance(found, types.CompletionList)
    item = next(one for one in found.items if one.label == "kernel")
    assert isinstance(item.text_edit, types.TextEdit)
    assert start_of(item.text_edit.range) == (5, 14)
    editor.type(document, NET.replace("variants:", "  - co\nvariants:"))
    params = types.CompletionParams(document, types.Position(5, 6))
    found = editor.wait(editor.client.text_document_completion_async(params))
    assert isinstance(found, types.CompletionList)
    item = next(one for one in found.items if one.label == "conv")
    resolved = editor.wait(editor.client.completion_item_resolve_async(item))
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "`conv: out, kernel=1" in resolved.documentation.value


# Texts of any kind


def test_characters_outside_of_the_basic_plane(editor: Editor) -> None:
    """Positions count them as two units."""
    text = 'input: 3x8x8\nlayers: [{relu: , name: "\U0001f600a"}, {add: ["\U0001f600a", rel]}]\n'
    document = editor.open(text)
    line = text.split("\n")[1]
    before = line[: line.index("rel]")]
    (diagnostic,) = editor.diagnostics(document)
    assert diagnostic.range.start.character == len(before.encode("utf-16-le")) // 2
    start = len(line[: line.index('"\U0001f600a", rel')].encode("utf-16-le")) // 2 + 1
    params = types.RenameParams(document, types.Position(1, start), "b")
    with pytest.raises(JsonRpcException, match="has errors"):
        editor.wait(editor.client.text_document_rename_async(params))
    editor.type(document, text.replace("rel]", "[relu]]"))
    edit = editor.wait(editor.client.text_document_rename_async(params))
    assert edit is not None and edit.changes is not None
    ranges = [one.range for one in edit.changes[document.uri]]
    assert [one.end.character - one.start.character for one in ranges] == [3, 3]


def test_an_editor_that_counts_bytes(tmp_path: Path) -> None:
    editor = Editor(tmp_path, encodings=[types.PositionEncodingKind.Utf8])
    assert editor.capabilities.position_encoding == "utf-8"
    document = editor.open('input: 3x8x8\nlayers: [{relu: , name: "\u00e9\U0001f600"}, rel]\n')
    (diagnostic,) = editor.diagnostics(document)
    before = 'layers: [{relu: , name: "\u00e9\U0001f600"}, '
    assert diagnostic.range.start.character == len(before.encode())
    assert editor.end() == 0


def test_a_file_of_five_megabytes(editor: Editor) -> None:
    line = "  # " + "x" * 76 + "\n"
    text = NET + line * (4_990_000 // len(line))
    document = editor.open(text)
    assert editor.hints(document)[0] == (3, 40, "-> 4x6x6  112")
    editor.type(document, text + line * 1_000)
    (diagnostic,) = editor.diagnostics(document)
    assert "larger than 5,000,000 bytes" in diagnostic.message


HOSTILE = [
    "\x00",
    "\ud800",
    "\ufeffinput: 3\n",
    "input: 3x8x8\u2028layers: [relu]\n",
    "input: 3x8x8\rlayers: [{relu: , name: a}]\r",
    "%YAML 1.1\n---\n",
    "[" * 100_000,
    "input: 3x8x8\nlayers:\n  - {relu: , repeat: 1000000000}\n",
    "input: 3x8x8\nvars: {a: 9**9**9}\nlayers: [relu]\n",
    'input: 3x8x8\nlayers: [{relu: , name: "<script>alert(1)</script>[x](command:y)"}]\n',
    "a: &a [*a, *a]\n",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_texts_are_answered(editor: Editor, number: int) -> None:
    document = editor.open(HOSTILE[number])
    editor.diagnostics(document)
    editor.hints(document)
    for line, character in ((0, 0), (1, 20), (10**9, 10**9)):
        position = types.Position(line, character)
        hover = types.HoverParams(document, position)
        found = editor.wait(editor.client.text_document_hover_async(hover))
        if found is not None and isinstance(found.contents, types.MarkupContent):
            assert "<script" not in found.contents.value
            assert "](command:" not in found.contents.value
        params = types.CompletionParams(document, position)
        editor.wait(editor.client.text_document_completion_async(params))
    symbols = types.DocumentSymbolParams(document)
    editor.wait(editor.client.text_document_document_symbol_async(symbols))


def test_yaml_of_other_tools_has_no_diagnostics(editor: Editor) -> None:
    document = editor.open("services:\n  web: {image: x}\n", "compose.yaml")
    assert editor.diagnostics(document) == [] and editor.hints(document) == []


def test_settings_choose_the_variant(tmp_path: Path) -> None:
    """When the server starts, and later; a file without such a variant has its first one."""
    editor = Editor(tmp_path, settings={"variant": "large"})
    document, other = editor.open(NET), editor.open(NET.replace("large", "huge"), "b.cnn.yaml")
    assert editor.hints(document)[0][2] == "-> 9x6x6  252"
    assert editor.hints(other)[0][2] == "-> 4x6x6  112"
    for settings, hint in (
        ({"yaml": {}}, "-> 9x6x6  252"),
        (None, "-> 9x6x6  252"),
        ({"cnncalc": {"variant": "small"}}, "-> 4x6x6  112"),
        ({"cnncalc": {"variant": "large"}}, "-> 9x6x6  252"),
        ({"cnncalc": {"variant": ""}}, "-> 4x6x6  112"),
    ):
        params = types.DidChangeConfigurationParams(settings)
        editor.call(editor.client.workspace_did_change_configuration, params)
        assert editor.hints(document)[0][2] == hint
    assert editor.end() == 0


def test_links_lead_to_the_documentation(tmp_path: Path) -> None:
    editor = Editor(tmp_path, CNNCALC_DOCS="https://example.org/cnncalc")
    document = editor.open("input: 3x8x8\nlayers: [{conv: 4, kernel: 1}, bn, relu]\n")
    found = editor.diagnostics(document)
    links = {str(one.code): one.code_description and one.code_description.href for one in found}
    assert links["bias-before-norm"] == ("https://example.org/cnncalc/rules.html#bias-before-norm")
    assert editor.end() == 0


# The process


def test_the_end_of_the_input_ends_the_server(tmp_path: Path) -> None:
    """With 1, as it was not shut down."""
    ran = cnncalc("lsp", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "")


def test_an_interruption_ends_the_server(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "lsp"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **SETTINGS},
        start_new_session=True,
    )
    assert process.stdin is not None
    request = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
    process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(request), request))
    process.stdin.flush()
    assert process.stdout is not None and process.stdout.readline()
    assert interrupt(process) == b""
    assert process.returncode == 130


def test_without_pygls_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ImportError\n")
    path = os.pathsep.join([str(tmp_path), SETTINGS["PYTHONPATH"]])
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", "lsp"],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, "PYTHONPATH": path},
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 2
    assert "cnncalc lsp needs pygls: pip install 'cnncalc[lsp]'" in ran.stderr
