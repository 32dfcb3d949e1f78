"""Small files that would cost a careless reader much time or memory."""

HEAD = "input: 3x8x8\n"
BOMBS = {
    "aliases": "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(1000)),
    "merge": HEAD + "layers:\n- {<<: {<<: {<<: {conv: 4}}}}\n",
    "nesting": "[" * 30_000,
    "nested mappings": "{a: " * 30_000,
    "nested blocks": "\n".join(" " * i + "a:" for i in range(3000)),
    "long key": "? " + "a" * 4_000_000 + "\n",
    "power": HEAD + "layers: [{conv: 9**9**9, kernel: 1}]\n",
    "powers": HEAD + "vars: {a: 10**15}\nlayers: [{conv: a ** 64 ** 64}]\n",
    "digits": HEAD + f"layers: [{{conv: {'9' * 1_000_000}}}]\n",
    "digits in a shape": f"input: {'9' * 1_000_000}x3\nlayers: [relu]\n",
    "digits in a figure": HEAD + f"layers: [relu]\nexpect: {{params: {'9' * 1_000_000}}}\n",
    "long expression": HEAD + f"layers: [{{conv: '{'1+' * 2_000_000}1'}}]\n",
    "brackets in an expression": HEAD + f"layers: [{{conv: '{'(' * 99}1{')' * 99}'}}]\n",
    "minus signs": HEAD + f"layers: [{{conv: '{'-' * 198}1'}}]\n",
    "nots": HEAD + f"layers: [{{relu: , when: '{'not ' * 45}true'}}]\n",
    "repeat": HEAD + "layers: [{relu: , repeat: 10**9}]\n",
    "repeat of nothing": HEAD
    + "layers: [{layers: [{layers: [], repeat: 99999}], repeat: 99999}]\n",
    "repeat of a skipped step": HEAD
    + "layers: [{layers: [{relu: , when: false, repeat: 300}], repeat: 300}]\n",
    "for": HEAD + "layers: [{relu: , for: {k: 10**12}}]\n",
    "across": HEAD + "layers: [{concat: [{conv: k}], across: {k: 10**7}}]\n",
    "list": HEAD + "vars: {a: '[0] * 10**9'}\nlayers: [{conv: a}]\n",
    "lists of lists": HEAD
    + "vars: {a: '[0] * 9999', b: '[a] * 9999', c: '[b] * 9999'}\n"
    + "layers: [{conv: 'len(c + c)'}]\n",
    "deep value": HEAD
    + "vars:\n  v0: 1\n"
    + "".join(f"  v{i + 1}: '[v{i}, v{i}]'\n" for i in range(60))
    + "layers: [{conv: v60}]\n",
    "deep values compared": HEAD
    + "vars:\n  v0: 1\n"
    + "".join(f"  v{i + 1}: '[v{i}, v{i}]'\n" for i in range(40))
    + "layers: [{conv: 3, when: 'v40 == [v39, v39]'}]\n",
    "blocks that double": HEAD
    + "blocks:\n  b0: {layers: [relu]}\n"
    + "".join(f"  b{i}: {{layers: [{{b{i - 1}: }}, {{b{i - 1}: }}]}}\n" for i in range(1, 45))
    + "layers: [{b44: }]\n",
    "blocks of nothing that double": HEAD
    + "blocks:\n  b0: {layers: [{relu: , when: false}]}\n"
    + "".join(f"  b{i}: {{layers: [{{b{i - 1}: }}, {{b{i - 1}: }}]}}\n" for i in range(1, 45))
    + "layers: [{b44: }]\n",
    "a block that calls itself": HEAD + "blocks: {b: {layers: [{b: }, {b: }]}}\nlayers: [{b: }]\n",
    "a concat that doubles": HEAD + "layers:\n" + "- {concat: [[], []]}\n" * 200,
    "all iterations, again and again": HEAD
    + "layers: [{relu: , repeat: 9999, name: r}, "
    + "{concat: [r.*]}, " * 300
    + "relu]\n",
    "words": HEAD + "layers: [" + "a," * 2_000_000 + "]\n",
    "errors": HEAD + "layers: [" + "{conv: x}," * 400_000 + "]\n",
    "keys": HEAD + "layers: [{" + "".join(f"k{i}: 1," for i in range(400_000)) + "}]\n",
    "blocks": HEAD
    + "blocks:\n"
    + "".join(f"  b{i}: {{layers: [relu]}}\n" for i in range(100_000))
    + "layers: [relu]\n",
    "steps": HEAD + "layers:\n" + "- relu\n" * 600_000,
    "names": HEAD + "layers:\n" + "".join(f"- {{relu: , name: n{i}}}\n" for i in range(60_000)),
    "names that are near others": HEAD
    + "vars:\n"
    + "".join(f"  variable{i}: 1\n" for i in range(60_000))
    + "layers:\n"
    + "".join(f"- {{conv: variabel{i}}}\n" for i in range(600)),
    "one long line": HEAD + "name: '" + "a" * 4_000_000 + "'\nlayers: [convv]\n",
    "long paths": HEAD
    + "layers:\n"
    + "".join("  " * i + f"- name: {'n' * 3000}\n" + "  " * i + "  layers:\n" for i in range(30)),
    "large sizes": HEAD + "layers: [{upsample: 10**9, repeat: 9}]\n",
    "a shape of many axes": HEAD + "layers: [{weight: '[10**15] * 300'}]\n",
    "a shape of many elements": "input: 999999999999999x999999999999999\nlayers: [relu]\n",
    "parts": "input: 999999999999999\nlayers: [{chunk: 999999999999999, name: c}, {from: c.0}]\n",
    "parts, again and again": "input: 9999x3\n"
    + "layers: [{chunk: 9999, name: c, repeat: 1, from: input}"
    + ", {chunk: 9999, from: input}" * 3000
    + "]\n",
    "large padding": HEAD + "layers: [{conv: 3, padding: 10**15, kernel: 10**15}]\n",
    "adaptive": HEAD
    + "layers: [{adaptive_avgpool: 10**15}, {adaptive_avgpool: 999999999999989}, "
    + "{adaptive_avgpool: 7}]\n",
    "layers of a recurrence": "input: 3x8\nlayers: [{lstm: 3, layers: 10**15}]\n",
    "select": HEAD + "layers: [{select: '[0] * 10000'}]\n",
    "chunk": "input: 1000000x3\nlayers: [{chunk: 1000000, name: c}, {from: c.0}]\n",
    "lists of variables": HEAD
    + "vars:\n  l: [1, 2, 3, 4]\n"
    + "".join(f"  v{i}: l * 200\n" for i in range(1500))
    + "layers: [relu]\n",
    "an expectation after a limit": HEAD
    + "layers: [{repeat: 90000, layers: ["
    + "{relu: , when: i < 0}, " * 6
    + "relu]}]\n"
    + "expect: {output: '[10] + [1]'}\n",
    "many counters": HEAD
    + f"layers: [{{relu: , for: {{{', '.join(f'a{i}: 100000' for i in range(1300))}}}}}]\n",
    "operands of a repeated join": HEAD
    + f"layers: [{{add: [{', '.join(['input'] * 500)}], repeat: 100000}}]\n",
    "defaults of a repeated call": HEAD
    + f"blocks: {{b: {{params: [{', '.join(f'p{i}=1' for i in range(1000))}], layers: [relu]}}}}\n"
    + "layers: [{b: , repeat: 100000}]\n",
    "lists compared again and again": HEAD
    + 'vars: {a: "[0] * 10000", b: "[0] * 10000"}\n'
    + f"layers: [{{relu: , repeat: 100000, when: '{'a==b==' * 32}a'}}]\n",
    "nested lists as arguments": HEAD
    + 'vars: {a: "[[[10**15 - 1] * 20] * 20] * 20"}\n'
    + "blocks: {b: {params: [p], layers: [relu]}}\nlayers: [{b: a, repeat: 100000}]\n",
    "lists as arguments of layers": HEAD
    + 'vars: {a: "[0] * 10000"}\nlayers: [{select: a, repeat: 100000}]\n',
    "variables around iterations": HEAD
    + f"vars: {{{', '.join(f'v{i}: 1' for i in range(50_000))}}}\n"
    + "layers: [{relu: , repeat: 50000}]\n",
    "a shared group in a repeated call": HEAD
    + f"blocks: {{b: {{layers: [{{shared: t, layers: [{{layers: [{'relu, ' * 3000}], when: false}}"
    + "]}]}}\nlayers: [{b: , repeat: 90000}]\n",
    "automatic names in a repeated call": HEAD
    + f"vars: {{act: relu}}\nblocks: {{b: {{layers: [{{act: }}, {{layers: [{'relu, ' * 3000}], "
    + "when: false}]}}\nlayers: [{b: , repeat: 90000}]\n",
    "tensors of recurrent layers": "input: 8x16\n"
    + "layers: [{for: {k: 100000}, layers: [{lstm: k+1, layers: 1000, bidirectional: true}]}]\n",
    "tensors of one recurrent layer": "input: 8x16\n"
    + "layers: [{lstm: 8, layers: 1000, repeat: 100000}]\n",
    "a long name": HEAD + f"layers: [{{layers: [relu], name: {'n' * 20_000}, repeat: 100000}}]\n",
    "names of the largest length": HEAD
    + f"layers: [{{layers: [relu], name: {'n' * 500}, repeat: 100000}}]\n",
    "a receptive field of many digits": "input: 1x1x1\n"
    + "layers: [{conv: 1, kernel: 1, stride: 1000000000000000, repeat: 100000}]\n",
    "references to what is missing": HEAD
    + "layers: [{name: g, layers: ["
    + ", ".join(f"{{relu: , name: {'abcdefghij' * 5}{i}}}" for i in range(1000))
    + f"]}}, {{repeat: 90000, layers: [{{relu: , from: {'abcdefghij' * 5}1}}]}}]\n",
    "a call that is not closed": HEAD + f"layers: [f(, {'a, ' * 300_000}]\n",
    "parameters": HEAD
    + f"blocks: {{b: {{params: [{', '.join(f'p{i}=1' for i in range(60_000))}], layers: [relu]}}}}"
    + "\nlayers: [{b: }]\n",
    "references of digits": HEAD
    + "layers: ["
    + f"{{relu: , from: {'1' * 3900}a}}, " * 400
    + "relu]\n",
    "variables and steps": HEAD
    + f"vars: {{{', '.join(f'v{i}: 1' for i in range(90_000))}}}\nlayers: [{'relu, ' * 90_000}]\n",
    "variables and variants": HEAD
    + f"vars: {{{', '.join(f'v{i}: 1' for i in range(40_000))}}}\nlayers: [relu]\n"
    + f"variants: {{{', '.join(f'x{i}: {{}}' for i in range(40_000))}}}\n",
    "blank lines": "\n" * 4_900_000 + HEAD + "layers: [relu]\n",
    "comments": "#\n" * 2_400_000 + HEAD + "layers: [relu]\n",
    "an index in an index": HEAD
    + "layers: [{relu: , repeat: 2, name: r}, {from: 'r"
    + "[0" * 30
    + "]" * 30
    + "'}]\n",
}
