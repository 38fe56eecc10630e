# Stays alive in a sandbox of its own and checks one candidate after the other. For
# each attempt it forks a child that executes the suite; calls of the entry point
# travel through the relay to the candidate's process, and only plain values come
# back. What is expected never leaves this process. The names read, out, posix and
# marshal come from bootstrap.py.
import sys, json, operator, gc, builtins
# What suites import most is loaded once, so that each child has it for free.
import typing, math, random, copy, string

MAX_DETAILS = 50
MAX_REPR = 400


def frame():
    return read(int.from_bytes(read(4), "big"))


def send(kind, data):
    data = kind + data
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[posix.write(out, data):]


class Gone(BaseException):
    """The candidate's process has ended, or the relay wants no more."""


class CandidateError(Exception):
    """The candidate raised an error, or gave what cannot be compared."""

    def __init__(self, kind, name, message, trace):
        Exception.__init__(self, message)
        self.report = {"kind": kind, "type": name, "message": message, "trace": trace}


FAULTS = {1: "error", 2: "not_plain", 3: "too_large"}


def revive(tagged):
    """Turns one tagged object into the plain value it stands for."""
    (tag, v), = tagged.items()
    return REVIVE[tag](v)


REVIVE = {
    "t": tuple, "s": set, "f": frozenset, "d": dict,
    "b": bytes.fromhex, "c": lambda v: complex(*v), "i": lambda v: int(v, 16),
}
decode = json.JSONDecoder(object_hook=revive).decode


def error_class(name):
    """A suite that expects a builtin error must be able to catch it by its name."""
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, Exception):
        try:
            return type(name, (CandidateError, known), {"__init__": CandidateError.__init__, "__str__": Exception.__str__})
        except TypeError:
            pass
    return CandidateError


LOOK = "__assay_look__"
OPERATORS = {
    "": None, "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le,
    "Gt": operator.gt, "GtE": operator.ge, "Is": operator.is_, "IsNot": operator.is_not,
    "In": lambda a, b: a in b, "NotIn": lambda a, b: a not in b,
}


def shorten(value):
    try:
        text = repr(value)
    except Exception as e:
        text = "(%s: %s)" % (type(e).__name__, e)
    return text if len(text) <= MAX_REPR else text[:MAX_REPR - 3] + "..."


class Look:
    """Keeps what every assert saw; a failure does not stop the suite."""

    caught = Exception

    def __init__(self, sites):
        self.sites = sites
        self.passed = self.total = 0
        self.good, self.bad = [], []

    def __call__(self, n, left, *right):
        op, swap = self.sites[n][2:]
        if not right:
            ok, detail = bool(left), {"got": left}
        else:
            ok = bool(OPERATORS[op](left, right[0]))
            got, expected = (right[0], left) if swap else (left, right[0])
            detail = {"got": got, "expected": expected}
        self.note(n, ok, detail)

    def note(self, n, ok, detail):
        self.total += 1
        self.passed += ok
        kept = self.good if ok else self.bad
        if len(kept) < MAX_DETAILS:
            line, source = self.sites[n][:2]
            check = {"line": line, "source": source, "passed": ok, "order": self.total}
            check.update((k, shorten(v)) for k, v in detail.items() if k != "error")
            check.update((k, v) for k, v in detail.items() if k == "error")
            kept.append(check)

    def error(self, n):
        self.note(n, False, {"error": describe(sys.exc_info()[1])})

    def checks(self):
        kept = self.bad + self.good[:MAX_DETAILS - len(self.bad)]
        return sorted(kept, key=lambda c: c["order"])


def describe(e):
    """What a failed check tells: the candidate's own error, or what its result led to."""
    while e is not None and not isinstance(e, CandidateError) and e.__context__ is not None:
        e = e.__context__
    if isinstance(e, CandidateError):
        return e.report
    return {"kind": "unusable", "type": type(e).__name__, "message": str(e)[:MAX_REPR], "trace": ""}


class Proxy:
    """Stands for the entry point."""

    def __init__(self):
        self.calls = 0
        self.gone = False

    def __call__(self, *args, **named):
        if self.gone:
            raise Gone
        try:
            body = marshal.dumps((args, named))
        except ValueError:
            raise SuiteError("the suite calls the entry point with values that are not plain") from None
        self.calls += 1
        send(b"C", body)
        body = frame()
        if body[:1] == b"X":
            self.gone = True
            raise Gone
        try:
            reply = decode(body[1:].decode("ascii"))
            kind = reply[0]
            if kind == 0:
                value, = reply[1:]
                return value
            name, message, trace = (str(x) for x in reply[1:])
            fault = FAULTS[kind]
        except Exception:
            raise CandidateError("garbled", "ProtocolError", "the program disturbed the scorer's channel", "") from None
        raise error_class(name)(fault, name, message, trace)


class SuiteError(BaseException):
    """The suite itself cannot be used."""


def attempt(entry, prompt, test, sites):
    """Runs in the child: executes a suite, as suite.py made it, and reports."""
    sys.setrecursionlimit(3000)
    random.seed(20240229)  # so that an attempt can be repeated
    look, proxy = Look(sites), Proxy()
    report = {}
    space = {"__name__": "suite", "__builtins__": builtins}
    stage = "prompt"
    try:
        exec(prompt, space)
        space[entry], space["candidate"], space[LOOK] = proxy, proxy, look
        stage = "test"
        exec(test, space)
        check = space.get("check")
        if check is not None:
            stage = "check"
            check(proxy)
        elif not look.total:
            raise SuiteError("the test defines no function check and asserts nothing")
    except Gone:
        report["gone"] = True
    except SuiteError as e:
        report["suite"] = str(e)
    except BaseException as e:
        # Before the first call nothing can be the candidate's fault.
        if proxy.calls:
            report["stopped"] = describe(e)
        else:
            report["suite"] = "%s: %s in the %s" % (type(e).__name__, str(e)[:MAX_REPR], stage)
    report.update(passed=look.passed, total=look.total, calls=proxy.calls, checks=look.checks())
    send(b"D", json.dumps(report).encode())


# A suite as suite.py would make it, but not compiled.
REHEARSAL = ("f", "from typing import List\ndef f(x: List[int]):\n    pass\n", """
def check(candidate):
    for n in range(4):
        try: LOOK(0, candidate([n, 'a', 1.5], key=(n, None)), [1, 'a', 1.5, (True, None)])
        except LOOK.caught: LOOK.error(0)
    try: LOOK(1, candidate(n)[9])
    except LOOK.caught: LOOK.error(1)
""".replace("LOOK", LOOK), ((1, "assert", "Eq", False), (2, "assert", "", False)))


def rehearse():
    """Executes a suite until the interpreter has adapted to what all attempts have in
    common: each child would adapt anew, and copy every page that it changes."""
    global send, frame
    kept = send, frame
    send, frame = lambda kind, data: None, lambda: b'R[0,[1,"a",1.5,{"t":[true,null]}]]'
    for n in range(20):
        attempt(*REHEARSAL)
    send, frame = kept


def sweep():
    """Ends and reaps whatever a suite left running, before the next one."""
    if posix.getpid() != 1:
        return  # not the first process of a namespace: "everything" would be the whole machine
    try:
        posix.kill(-1, 9)
        while True:
            posix.waitpid(-1, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def serve():
    if posix.getpid() != 1:
        raise SystemExit("the tester runs only as the first process of a sandbox")
    rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()
    while True:
        body = frame()
        child = posix.fork()
        if not child:
            code = 1
            try:
                attempt(*marshal.loads(body))
                code = 0
            except BaseException as e:
                print(repr(e), file=sys.stderr)
            finally:
                sys.stderr.flush()
                posix._exit(code)
        _, status = posix.waitpid(child, 0)
        sweep()
        if status:
            send(b"E", b"the suite's process ended with status %d" % status)


serve()
