package simulated

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"strings"
	"sync"
)

const (
	slots    = 5      // different wrong solutions of one problem
	attempts = 12     // mutants that are judged for one of them
	kept     = 20_000 // wrong solutions in memory
)

// solution is a program in two parts, the second of which is the model's own.
type solution struct {
	head, body string
}

func (s solution) program() string { return s.head + s.body }

// solved returns item's reference solution.
func solved(item Item) solution {
	body := strings.TrimRight(item.Reference, "\n") + "\n"
	if defines(item.Reference, item.EntryPoint) || indentation(body) == "" {
		return solution{body: body}
	}
	return solution{head: strings.TrimRight(item.Prompt, " \t\n") + "\n", body: body}
}

// indentation returns the white space before the first line that has anything
// else in it.
func indentation(src string) string {
	for l := range strings.Lines(src) {
		if rest := strings.TrimLeft(l, " \t"); strings.TrimSpace(rest) != "" {
			return l[:len(l)-len(rest)]
		}
	}
	return ""
}

// defines tells whether src defines entry at its outermost level.
func defines(src, entry string) bool {
	at, err := regexp.MatchString(`(?m)^(async +def|def|class) +`+regexp.QuoteMeta(entry)+`\b`, src)
	return err == nil && at && entry != ""
}

// stub returns s with a body that does nothing but the given statement.
func (s solution) stub(item Item, statement string) solution {
	if s.head == "" {
		return solution{body: fmt.Sprintf("def %s(*args, **kwargs):\n    %s\n", item.EntryPoint, statement)}
	}
	return solution{s.head, indentation(s.body) + statement + "\n"}
}

// wrongs finds wrong solutions and remembers them.
type wrongs struct {
	judge   Judge
	seed    uint64
	log     *slog.Logger
	ctx     context.Context // of the server: a solution is found for all requests that want it
	running sync.WaitGroup
	turn    chan struct{}

	mu   sync.Mutex
	made map[[32]byte]*search
}

// search is a wrong solution, there once done is closed.
type search struct {
	done chan struct{}
	solution
}

func newWrongs(judge Judge, seed uint64, log *slog.Logger) *wrongs {
	return &wrongs{
		judge: judge, seed: seed, log: log, ctx: context.Background(),
		turn: make(chan struct{}, runtime.GOMAXPROCS(0)), made: map[[32]byte]*search{},
	}
}

// get returns the wrong solution of item in slot. Several requests for it wait
// for the same search.
func (w *wrongs) get(ctx context.Context, item Item, slot int) (solution, error) {
	key := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %d", item.ID, item.Prompt, item.Reference, item.Test, slot))
	w.mu.Lock()
	s, ok := w.made[key]
	if !ok {
		if len(w.made) >= kept {
			clear(w.made)
		}
		s = &search{done: make(chan struct{})}
		w.made[key] = s
		w.running.Go(func() { w.run(key, s, item, slot) })
	}
	w.mu.Unlock()
	select {
	case <-s.done:
		return s.solution, nil
	case <-ctx.Done():
		return solution{}, ctx.Err()
	}
}

func (w *wrongs) run(key [32]byte, s *search, item Item, slot int) {
	defer close(s.done)
	var err error
	if s.solution, err = w.find(item, slot); err != nil {
		w.log.Warn("a wrong answer could not be checked", "item", item.ID, "error", err)
		w.mu.Lock()
		delete(w.made, key)
		w.mu.Unlock()
	}
}

// find returns the first mutant of item's reference that compiles and fails, or
// a stub that does. With an error it returns the first mutant, unchecked.
func (w *wrongs) find(item Item, slot int) (solution, error) {
	right := solved(item)
	var tries []solution
	for _, m := range mutations(right.body, chanceOf(w.seed, "mutant", item.ID, uint64(slot))) {
		if tries = append(tries, solution{right.head, m.apply(right.body)}); len(tries) == attempts {
			break
		}
	}
	tries = append(tries, right.stub(item, "return None"), right.stub(item, "raise NotImplementedError"))
	if w.judge == nil {
		return tries[0], nil
	}
	for _, s := range tries {
		passes, err := w.ask(item, s)
		switch {
		case errors.Is(err, ErrSyntax):
		case err != nil:
			return tries[0], err
		case !passes:
			return s, nil
		}
	}
	return tries[len(tries)-1], nil
}

func (w *wrongs) ask(item Item, s solution) (bool, error) {
	select {
	case w.turn <- struct{}{}:
	case <-w.ctx.Done():
		return false, w.ctx.Err()
	}
	defer func() { <-w.turn }()
	return w.judge(w.ctx, item, s.program())
}
