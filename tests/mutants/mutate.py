# SPDX-License-Identifier: Apache-2.0
"""mutate.py - the mutants of a C file: each changes one thing in the body of a function. Reads tokens, not C: what
does not compile is dropped by the caller. The same text under the same seed gives the same mutants in the same order,
and an edit elsewhere in the file changes only those of the lines it touches."""
import hashlib
import re

TOKEN = re.compile(r"""(?P<space>[ \t\r\n]+)|(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
|(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
|(?P<name>[A-Za-z_]\w*)|(?P<op>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^!~<>=?:;,.(){}\[\]])
|(?P<other>.)""", re.X | re.S | re.M)

SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-",
           "-": "+", "+=": "-=", "-=": "+=", "++": "--", "--": "++", "|": "&", "&": "|", "|=": "&=", "<<": ">>",
           ">>": "<<", "%": "/", "*": "/", "/": "*"}
KIND_OF = {"<": "boundary", "<=": "boundary", ">": "boundary", ">=": "boundary", "==": "equality", "!=": "equality",
           "&&": "logic", "||": "logic"}
BINARY_ONLY = {"+", "-", "*", "&", "<", ">"}
WORDS = {"return", "if", "for", "while", "switch", "case", "break", "continue", "goto", "default", "do", "else",
         "sizeof", "const", "static", "struct", "enum", "union", "unsigned", "char", "int", "bool", "void"}
LEFT_ALONE = ("core_log", "free", "sodium_memzero", "json_free", "cJSON_Delete", "cJSON_free", "net_answer_clear",
              "protocol_results_clear", "(void)")
RETURNS = {"true": "false", "false": "true", "NULL": None, "POS_OK": "POS_E_FAILED"}


class Token:
    def __init__(self, kind, text, at):
        self.kind, self.text, self.at = kind, text, at
        self.end = at + len(text)


class Mutant:
    def __init__(self, path, text, kind, start, end, new, function):
        self.path, self.kind, self.start, self.end, self.new = path, kind, start, end, new
        self.where = f"{path} {function}"
        self.line = text.count("\n", 0, start) + 1
        begin, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        stop = len(text) if stop < 0 else stop
        squeeze = lambda s: " ".join(s.split())
        self.before = squeeze(text[begin:stop])
        self.after = squeeze(text[begin:start] + new + text[end:stop])

    def apply(self, text):
        return text[:self.start] + self.new + text[self.end:]

    def identity(self):
        return f"{self.where}\t{self.before}\t{self.after}"


def tokens_of(text):
    found = [Token(m.lastgroup, m.group(), m.start()) for m in TOKEN.finditer(text)]
    return [t for t in found if t.kind not in ("space", "comment", "directive")]


def bodies(tokens):
    """(first, last) of each function's body, as indices of its braces."""
    depth, start = 0, None
    for i, token in enumerate(tokens):
        if token.text == "{":
            if depth == 0 and i > 0 and tokens[i - 1].text == ")":
                start = i
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and start is not None:
                yield start, i
                start = None


def name_before(tokens, i):
    """The name of the function whose body begins at token i."""
    depth = 0
    for k in range(i - 1, 0, -1):
        depth += (tokens[k].text == ")") - (tokens[k].text == "(")
        if depth == 0:
            return tokens[k - 1].text
    return "?"


def matching(tokens, i):
    depth = 0
    for k in range(i, len(tokens)):
        depth += tokens[k].text in ("(", "[", "{")
        depth -= tokens[k].text in (")", "]", "}")
        if depth == 0:
            return k
    return len(tokens) - 1


def statement_end(tokens, i):
    depth = 0
    for k in range(i, len(tokens)):
        depth += tokens[k].text in ("(", "[", "{")
        depth -= tokens[k].text in (")", "]", "}")
        if tokens[k].text == ";" and depth == 0:
            return k
    return len(tokens) - 1


def is_operand_end(token):
    return token.kind in ("name", "number", "string") and token.text not in WORDS or token.text in (")", "]")


def of_token(tokens, i):
    """(kind, new text) for a token that is changed by itself."""
    token, before = tokens[i], tokens[i - 1]
    if token.kind == "number":
        digits = re.match(r"0[xX][0-9a-fA-F]+|\d+", token.text).group()
        suffix, value = token.text[len(digits):], int(digits, 16 if digits[:2].lower() == "0x" else 10)
        in_declared_array = before.text == "[" and tokens[i - 3].kind == "name"
        if not in_declared_array:
            yield "constant", f"{value + 1}{suffix}"
            if value > 0:
                yield "constant", f"{value - 1}{suffix}"
    elif token.text == "!":
        yield "negation", ""
    elif token.text in SWAPPED and (token.text not in BINARY_ONLY or is_operand_end(before)):
        yield KIND_OF.get(token.text, "arithmetic"), SWAPPED[token.text]
    elif token.text in ("true", "false") and before.text != "return":
        yield "constant", RETURNS[token.text]


def of_statement(tokens, i, text):
    """(kind, start, end, new text) for the statement that begins at token i."""
    token, end = tokens[i], statement_end(tokens, i)
    span = (token.at, tokens[end].end)
    words = text[span[0]:span[1]]
    if token.text == "return" and end > i + 1:
        value = text[tokens[i + 1].at:tokens[end].at]
        if RETURNS.get(value):
            yield ("return", *span, f"return {RETURNS[value]};")
        elif "?" not in value and re.search(r"==|!=|<|>|&&|\|\||^!", value):
            yield ("return", *span, f"return !({value});")
    elif token.text == "continue":
        yield ("statement", *span, "break;")
    elif token.text == "break":
        yield ("statement", *span, ";")
    elif token.text in ("if", "while") and tokens[i + 1].text == "(":
        close = matching(tokens, i + 1)
        yield ("condition", tokens[i + 1].at, tokens[close].end,
               "(!" + text[tokens[i + 1].at:tokens[close].end] + ")")
    elif token.kind == "name" and token.text not in WORDS or token.text in ("*", "++", "--"):
        declares = tokens[i + 1].kind == "name" or (tokens[i + 1].text == "*" and tokens[i + 2].kind == "name"
                                                    and tokens[i + 3].text in ("=", ";", ",", "["))
        if not declares and not words.startswith(LEFT_ALONE) and tokens[i + 1].text != ":":
            yield ("statement", *span, ";")


def left_alone(tokens, first, last, text):
    """Ranges of log lines and the like, where nothing is changed."""
    for i in range(first, last):
        if tokens[i].text in LEFT_ALONE and tokens[i + 1].text == "(" and tokens[i - 1].text in (";", "{", "}", ")", "else"):
            yield tokens[i].at, tokens[statement_end(tokens, i)].end


def mutants_of(path, text):
    tokens = tokens_of(text)
    for first, last in bodies(tokens):
        name = name_before(tokens, first)
        skipped, depth = list(left_alone(tokens, first, last, text)), 0
        for i in range(first + 1, last):
            depth += (tokens[i].text in ("(", "[")) - (tokens[i].text in (")", "]"))
            if any(a <= tokens[i].at < b for a, b in skipped):
                continue
            for kind, new in of_token(tokens, i):
                yield Mutant(path, text, kind, tokens[i].at, tokens[i].end, new, name)
            begins = tokens[i - 1].text in (";", "{", "}", "else", ":") or (tokens[i - 1].text == ")" and
                                                                           tokens[i].kind == "name")
            if depth == 0 and begins:
                for kind, start, end, new in of_statement(tokens, i, text):
                    yield Mutant(path, text, kind, start, end, new, name)


def in_order(path, text, seed):
    """All mutants of a file: one of each kind in turn, the order within a kind drawn from the seed."""
    by_kind, seen, nth = {}, {}, {}
    for mutant in mutants_of(path, text):
        same = f"{mutant.path}\t{mutant.before}\t{mutant.after}"
        seen[same] = seen.get(same, 0) + 1
        drawn = hashlib.sha256(f"{seed}\t{same}\t{seen[same]}".encode()).hexdigest()
        by_kind.setdefault(mutant.kind, []).append((drawn, mutant))
        nth[mutant.identity()] = nth.get(mutant.identity(), 0) + 1
        if nth[mutant.identity()] > 1:
            mutant.where += f" ({nth[mutant.identity()]})"
    queues = [sorted(by_kind[kind], key=lambda pair: pair[0]) for kind in by_kind]
    queues.sort(key=lambda queue: queue[0][0])
    for turn in range(max((len(queue) for queue in queues), default=0)):
        for queue in queues:
            if turn < len(queue):
                yield queue[turn][1]


def code_lines(text):
    tokens = tokens_of(text)
    return sum(text.count("\n", tokens[first].at, tokens[last].end) for first, last in bodies(tokens))
