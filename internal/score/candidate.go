package score

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/sandbox"
)

// errForged is returned when a candidate wrote what nobody asked for.
var errForged = errors.New("the program wrote to the scorer's channel")

// candidate is the process of one program.
type candidate struct {
	p   *sandbox.Process
	out *bufio.Reader
}

// compiler keeps the scripts of this package, compiled by the interpreter that
// executes them.
type compiler struct {
	mu   sync.Mutex
	code map[string][]byte
}

const compileScript = `import sys, marshal
code = compile(sys.stdin.buffer.read(), "scorer.py", "exec", dont_inherit=True, optimize=2)
sys.stdout.buffer.write(marshal.dumps(code))`

func (s *Scorer) python(code string) []string {
	return []string{s.config.Sandbox.Python(), "-I", "-S", "-B", "-X", "utf8", "-c", code}
}

// compiled returns a script compiled; the first call for each compiles it.
func (s *Scorer) compiled(script string) ([]byte, error) {
	s.compiler.mu.Lock()
	defer s.compiler.mu.Unlock()
	if code, ok := s.compiler.code[script]; ok {
		return code, nil
	}
	p, err := s.config.Sandbox.Start(s.ctx, sandbox.Command{Args: s.python(compileScript)})
	if err != nil {
		return nil, err
	}
	_, sendErr := io.WriteString(p.Stdin, script)
	closeErr := p.Stdin.Close()
	code, readErr := io.ReadAll(p.Stdout)
	exit := p.Wait()
	if err := errors.Join(sendErr, closeErr, readErr); err != nil || exit.Code != 0 || exit.Cause != sandbox.Ended {
		return nil, fault.New(fault.Unavailable, "%s cannot be used to score (%s %d): %s",
			s.config.Sandbox.Python(), exit.Cause, exit.Code, exit.Stderr)
	}
	s.compiler.code[script] = code
	return code, nil
}

// startCandidate starts an interpreter that waits for a program.
func (s *Scorer) startCandidate() (*candidate, error) {
	code, err := s.compiled(candidateScript)
	if err != nil {
		return nil, err
	}
	l := s.config.Limits
	p, err := s.config.Sandbox.Start(s.ctx, sandbox.Command{
		Args: s.python(bootstrap), Hold: true,
		Limits: sandbox.Limits{Wall: l.Wall, CPU: l.CPU, Memory: l.Memory, Processes: l.Processes,
			Stdout: maxReplies, Stderr: l.Output},
	})
	if err != nil {
		return nil, err
	}
	c := &candidate{p: p, out: bufio.NewReader(p.Stdout)}
	if err := writeFrame(p.Stdin, code); err != nil {
		p.Kill()
		return nil, fault.New(fault.Unavailable, "the interpreter ended before the program: %s", p.Wait().Stderr)
	}
	return c, nil
}

// loaded is how a program took being executed.
type loaded struct {
	kind           int
	class, message string
	trace          string
}

// Kinds of reply, as candidate.py numbers them.
const (
	replyValue   = 0
	replyCompile = 4
)

// load hands over the program and waits until it has been executed.
func (c *candidate) load(entry, program string) (loaded, error) {
	nonce := newNonce()
	if err := errors.Join(writeFrame(c.p.Stdin, nonce, []byte(entry)), writeFrame(c.p.Stdin, []byte(program))); err != nil {
		return loaded{}, err
	}
	body, err := c.reply(nonce)
	if err != nil {
		return loaded{}, err
	}
	var field []json.RawMessage
	if err := json.Unmarshal(body, &field); err != nil || len(field) < 2 {
		return loaded{}, errForged
	}
	var l loaded
	for i, into := range []any{&l.kind, &l.class, &l.message, &l.trace} {
		if i < len(field) && json.Unmarshal(field[i], into) != nil {
			return loaded{}, errForged
		}
	}
	return l, nil
}

// call sends one call, as the tester wrote it, and returns the reply.
func (c *candidate) call(call []byte) ([]byte, error) {
	nonce := newNonce()
	if err := writeFrame(c.p.Stdin, nonce, call); err != nil {
		return nil, err
	}
	return c.reply(nonce)
}

// reply reads one reply, which must carry the nonce of what it answers: whatever
// was written ahead of the question is found out.
func (c *candidate) reply(nonce []byte) ([]byte, error) {
	body, err := readFrame(c.out, maxReply)
	if err != nil {
		return nil, err
	}
	text, ok := bytes.CutPrefix(body, nonce)
	if !ok {
		return nil, errForged
	}
	return text, nil
}

// finish lets the program end, and returns how it did. There must be nothing left
// to read.
func (c *candidate) finish() (sandbox.Exit, error) {
	grace := time.AfterFunc(time.Second, c.p.Kill)
	defer grace.Stop()
	err := writeFrame(c.p.Stdin)
	if _, more := c.out.ReadByte(); more == nil {
		err = errForged
	}
	if errors.Is(err, errForged) {
		c.p.Kill()
	}
	exit := c.p.Wait()
	return exit, err
}

func newNonce() []byte {
	var b [8]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return b[:]
}
