# Runs one candidate program and answers calls of its entry point. It is executed
# in the program's own process, so nothing here is trusted by anybody: the tester
# compares, and the relay bounds what it reads. The names read, out, posix and
# marshal come from bootstrap.py. Imports are avoided because they cost more than
# everything else.
import sys

MAX_TEXT = 1 << 20
MAX_DEPTH = 100
PLAIN_INT = 1 << 512  # beyond it a number travels in hexadecimal digits


class TooLarge(Exception):
    pass


class NotPlain(Exception):
    pass


class Encoder:
    """Writes a plain value as JSON; everything but a list is tagged if JSON lacks it."""

    def __init__(self):
        self.left = MAX_TEXT

    def spend(self, n):
        self.left -= n
        if self.left < 0:
            raise TooLarge

    def many(self, values, count, depth):
        self.spend(2 * count + 2)  # each takes at least a character and a comma
        if depth > MAX_DEPTH:
            raise NotPlain("it is nested more than %d deep" % MAX_DEPTH)
        return "[" + ",".join([self.encode(v, depth) for v in values]) + "]"

    def encode(self, v, depth=0):
        t = type(v)
        if t is int:
            return self.integer(v)
        if t is bool:
            return "true" if v else "false"
        if t is str:
            return self.text(v)
        if v is None:
            return "null"
        if t is float:
            return real(v)
        if t is list:
            return self.many(v, len(v), depth + 1)
        if t is tuple:
            return '{"t":' + self.many(v, len(v), depth + 1) + "}"
        if t is dict:
            return '{"d":' + self.many(v.items(), len(v), depth + 1) + "}"
        if t is set:
            return '{"s":' + self.many(v, len(v), depth + 1) + "}"
        return self.rare(v, t, depth + 1)

    def rare(self, v, t, depth):
        if t is frozenset:
            return '{"f":' + self.many(v, len(v), depth) + "}"
        if t is bytes:
            self.spend(2 * len(v))
            return '{"b":"' + v.hex() + '"}'
        if t is complex:
            return '{"c":[' + real(v.real) + "," + real(v.imag) + "]}"
        # A subclass goes as what it is built on; what it overrides stays here.
        for base, plain in BASES:
            if isinstance(v, base):
                return self.encode(plain(v), depth)
        raise NotPlain("it is of type " + t.__name__)

    def integer(self, v):
        if -PLAIN_INT < v < PLAIN_INT:
            return int.__repr__(v)
        self.spend(v.bit_length() >> 2)
        return '{"i":"%x"}' % v

    def text(self, s):
        self.spend(len(s))
        return quote(s)


def real(v):
    if v != v:
        return "NaN"
    if v in (float("inf"), float("-inf")):
        return "Infinity" if v > 0 else "-Infinity"
    return float.__repr__(v)


def quote(s):
    if s.isascii() and s.isprintable() and '"' not in s and "\\" not in s:
        return '"' + s + '"'
    return '"' + "".join([c if " " <= c <= "~" and c not in '"\\' else escape(ord(c)) for c in s]) + '"'


def escape(n):
    if n > 0xFFFF:
        n -= 0x10000
        return "\\u%04x\\u%04x" % (0xD800 | n >> 10, 0xDC00 | n & 0x3FF)
    return "\\u%04x" % n


BASES = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (list, lambda v: [*list.__iter__(v)]),
    (tuple, lambda v: (*tuple.__iter__(v),)),
    (dict, lambda v: {**dict(dict.items(v))}),
    (set, lambda v: {*set.__iter__(v)}),
    (frozenset, lambda v: frozenset(frozenset.__iter__(v))),
    (bytes, lambda v: bytes.__getitem__(v, slice(None))),
)


def answer(value):
    e = Encoder()
    try:
        text = "[0," + e.encode(value) + "]"
    except NotPlain as why:
        return '[2,"NotPlain",' + quote("the result cannot be compared: %s" % why) + ',""]'
    except TooLarge:
        text = ""
    if not text or len(text) > MAX_TEXT:
        return '[3,"TooLarge","the result is larger than 1 MiB",""]'
    return text


def failure(e, source):
    kind = type(e).__name__
    if isinstance(e, SyntaxError) and not program:
        e.filename = NAME
    try:
        message = str(e)[:400]
    except BaseException:
        message = "(its message cannot be read)"
    return "[1," + quote(kind[:100]) + "," + quote(message) + "," + quote(trace(e, source)) + "]"


def trace(e, source):
    """The innermost five lines of the program that the error passed through."""
    places = []
    own = {id(c) for c in every(program)}
    tb = e.__traceback__
    while tb is not None:
        if id(tb.tb_frame.f_code) in own:
            places.append((tb.tb_lineno, tb.tb_frame.f_code.co_name))
            del places[:-5]
        tb = tb.tb_next
    if isinstance(e, SyntaxError) and isinstance(e.lineno, int):
        places = [(e.lineno, "<module>")]
    lines = source.decode("utf-8", "replace").split("\n") if places else []
    return "\n".join(
        ["line %d, in %s: %s" % (n, f[:80], lines[n - 1].strip()[:160] if 0 < n <= len(lines) else "") for n, f in places]
    )


def every(codes):
    """The code of the program with that of its functions and classes."""
    found, kind = list(codes), type(every.__code__)
    for code in found:
        found += [c for c in code.co_consts if type(c) is kind]
    return found


NAME = "program.py"
send_bytes = posix.write


def send(nonce, text):
    data = nonce + text.encode("ascii")
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[send_bytes(out, data):]


def frame():
    return read(int.from_bytes(read(4), "big"))


def load(entry, source):
    """Executes the program and returns its entry point."""
    module = type(sys)("program")
    module.__file__ = NAME
    sys.modules["program"] = module
    begin(source, module.__dict__)
    try:
        fn = module.__dict__[entry]
    except KeyError:
        raise NameError("the program does not define " + entry) from None
    if not callable(fn):
        raise TypeError("%s is of type %s and cannot be called" % (entry, type(fn).__name__))
    return fn


def begin(source, space):
    """Executes the source as it is, because compile() would first make all the types
    of syntax trees, which takes longer than most programs. The code that came of it
    is caught as it begins."""

    def seen(frame, event, arg):
        if event == "call" and frame.f_globals is space and frame.f_code.co_name == "<module>":
            program.append(frame.f_code)
            sys.setprofile(None)

    sys.setprofile(seen)
    try:
        exec(source, space)
    finally:
        if not program:
            sys.setprofile(None)


program = []  # the code of the program, once it has been compiled


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass


def leave():
    flush()
    posix._exit(0)


def serve():
    head = frame()
    nonce, entry = head[:8], head[8:].decode()
    source = frame()
    try:
        fn = load(entry, source)
    except BaseException as e:
        text = failure(e, source)
        send(nonce, text if program else "[4" + text[2:])
        leave()
    send(nonce, "[0,null]")
    while True:
        body = frame()
        if not body:
            leave()
        try:
            args, named = marshal.loads(body[8:])
            text = answer(fn(*args, **named))
        except BaseException as e:
            text = failure(e, source)
        send(body[:8], text)


serve()
