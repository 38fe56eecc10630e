package score

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

// Bounds of making suites ready.
const (
	maxPrepared  = 512 // suites kept
	maxPreparing = 10 * time.Second
)

// prepared is a suite as the testers execute it.
type prepared struct {
	code  []byte
	fault string // or why the suite cannot be used
}

// preparer makes suites ready, once for all testers.
type preparer struct {
	mu    sync.Mutex
	r     *resident // nil until it is needed
	ready map[Suite]prepared
}

// prepare returns a suite made ready.
func (s *Scorer) prepare(suite Suite) (prepared, error) {
	w := &s.preparer
	w.mu.Lock()
	defer w.mu.Unlock()
	if p, ok := w.ready[suite]; ok {
		return p, nil
	}
	if w.r == nil {
		r, err := s.startResident(suiteScript)
		if err != nil {
			return prepared{}, err
		}
		w.r = r
	}
	p, err := w.r.prepare(suite)
	if err != nil {
		w.r.close()
		stderr := w.r.p.Wait().Stderr
		w.r = nil
		return prepared{}, fault.New(fault.Unavailable, "the process that prepares suites ended (%v): %s", err, stderr)
	}
	if len(w.ready) >= maxPrepared {
		clear(w.ready)
	}
	w.ready[suite] = p
	return p, nil
}

// prepare sends a suite to suite.py. The interpreter must not be used again after
// an error.
func (r *resident) prepare(suite Suite) (prepared, error) {
	late := time.AfterFunc(maxPreparing, r.p.Kill)
	text, err := json.Marshal(suite)
	if err != nil {
		return prepared{}, fmt.Errorf("encode a suite: %w", err)
	}
	if err := writeFrame(r.p.Stdin, text); err != nil {
		return prepared{}, err
	}
	body, err := readFrame(r.out, maxFrame)
	if err != nil {
		return prepared{}, err
	}
	switch {
	case !late.Stop():
		return prepared{}, fmt.Errorf("a suite took more than %s", maxPreparing)
	case len(body) > 0 && body[0] == 'S':
		return prepared{code: body[1:]}, nil
	case len(body) > 0 && body[0] == 'F':
		return prepared{fault: string(body[1:])}, nil
	}
	return prepared{}, fmt.Errorf("an unknown message: %.100q", body)
}

// close ends the interpreter, if there is one.
func (w *preparer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.r != nil {
		w.r.close()
		w.r = nil
	}
}
