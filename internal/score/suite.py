# Stays alive in a sandbox of its own and makes suites ready for tester.py: it parses
# and compiles them and executes nothing. The tester would pay more for the same,
# because it forks for each attempt and every page that it has written since is
# copied. The names read, out, posix and marshal come from bootstrap.py.
import ast, json

LOOK = "__assay_look__"
MAX_SOURCE = 400


def frame():
    return read(int.from_bytes(read(4), "big"))


def send(kind, data):
    data = kind + data
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[posix.write(out, data):]


class Suite:
    """A suite made ready: the prompt and the rewritten test, compiled."""

    def __init__(self, text):
        self.entry = text["entry_point"]
        self.prompt = compile_prompt(text["prompt"])
        tree = ast.parse(text["test"], "test.py")
        self.sites = []
        self.lines = text["test"].split("\n")
        self.names = {self.entry} | {
            f.args.args[0].arg for f in tree.body
            if isinstance(f, ast.FunctionDef) and f.name == "check" and f.args.args
        }
        self.rewrite(tree)
        self.test = compile(tree, "test.py", "exec", dont_inherit=True)

    def rewrite(self, node):
        """Replaces every assert below node, which are statements and so never deep in expressions."""
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                for i, statement in enumerate(block):
                    if isinstance(statement, ast.Assert):
                        block[i] = self.record(statement)
                    else:
                        self.rewrite(statement)

    def record(self, node):
        """assert A == B becomes: try: look(n, A, B) / except Exception: look.error(n)"""
        test = node.test
        if isinstance(test, ast.Constant) and test.value:
            return at(node, ast.Pass())  # it checks nothing
        n = at(node, ast.Constant(len(self.sites)))
        op, parts, swap = "", [test], False
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            op = type(test.ops[0]).__name__
            parts = [test.left, test.comparators[0]]
            swap = not self.calls(parts[0]) and self.calls(parts[1])
        self.sites.append((node.lineno, self.source(node), op, swap))
        name = at(node, ast.Name(LOOK, ast.Load()))
        look = at(node, ast.Expr(at(node, ast.Call(name, [n] + parts, []))))
        error = at(node, ast.Attribute(name, "error", ast.Load()))
        caught = at(node, ast.Expr(at(node, ast.Call(error, [n], []))))
        kind = at(node, ast.Attribute(name, "caught", ast.Load()))
        handler = at(node, ast.ExceptHandler(kind, None, [caught]))
        return at(node, ast.Try([look], [handler], [], []))

    def calls(self, node):
        return any(isinstance(x, ast.Name) and x.id in self.names for x in ast.walk(node))

    def source(self, node):
        lines = self.lines[node.lineno - 1:node.end_lineno]
        return "\n".join(lines)[:MAX_SOURCE].strip()


def at(node, new):
    new.lineno, new.col_offset = node.lineno, node.col_offset
    new.end_lineno, new.end_col_offset = node.end_lineno, node.end_col_offset
    return new


def compile_prompt(prompt):
    try:
        return compile(prompt, "prompt.py", "exec", dont_inherit=True)
    except SyntaxError:
        # A signature without a docstring has no body yet.
        return compile(prompt.rstrip() + "\n    pass\n", "prompt.py", "exec", dont_inherit=True)


def serve():
    while True:
        body = frame()
        try:
            suite = Suite(json.loads(body))
            code = marshal.dumps((suite.entry, suite.prompt, suite.test, suite.sites))
        except Exception as e:
            send(b"F", ("%s: %s" % (type(e).__name__, str(e)[:400])).encode("utf-8", "backslashreplace"))
        else:
            send(b"S", code)


serve()
