-- Opens a file in Neovim with the language server, and writes what it answers as JSON.
-- Run by tests/test_neovim.py; works from Neovim 0.7 on.

local patience = 600000
local result = {}

vim.cmd("edit " .. vim.fn.fnameescape(vim.env.CNNCALC_FILE))
vim.bo.filetype = "yaml"
local id = vim.lsp.start_client({
  name = "cnncalc",
  cmd = { vim.env.CNNCALC_PYTHON, "-m", "cnncalc", "lsp" },
})
vim.lsp.buf_attach_client(0, id)

local function ask(method, line, character)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(),
    position = { line = line, character = character },
  }
  return vim.lsp.buf_request_sync(0, method, params, patience)[id].result
end

vim.wait(patience, function()
  return #vim.diagnostic.get(0) > 0
end, 20)
result.diagnostics = {}
for _, one in ipairs(vim.diagnostic.get(0)) do
  table.insert(result.diagnostics, { one.lnum, one.col, one.message })
end

result.hover = ask("textDocument/hover", 2, 14)
result.definition = ask("textDocument/definition", 3, 12)
result.completion = ask("textDocument/completion", 2, 13)

-- The cursor is on the use of the name, in line 4.
vim.api.nvim_win_set_cursor(0, { 4, 12 })
vim.api.nvim_buf_set_lines(0, 4, 5, false, { "  - relu" })
vim.lsp.buf.rename("first")
vim.wait(patience, function()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):find("first") ~= nil
end, 20)
result.renamed = vim.api.nvim_buf_get_lines(0, 0, -1, false)

local file = io.open(vim.env.CNNCALC_RESULT, "w")
file:write(vim.fn.json_encode(result))
file:close()
vim.cmd("qall!")
