// Package simulated serves invented models over the real OpenAI wire format, so
// that Assay can be tried without a key and without a network.
//
// Each model has a hidden skill. For a known problem it answers with the
// reference solution or, as often as its skill says, with a mutated one that
// compiles and fails; now and then it answers in one of the odd ways that real
// models have. The same seeds give the same answers.
package simulated

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

// Mark is the word that stands beside everything a simulated model does.
const Mark = "simulated"

// Config says what a Server knows and how it behaves. Only Source is required.
type Config struct {
	Source Source       // the problems that the models can solve
	Judge  Judge        // makes sure that wrong answers are wrong; nil takes any mutant
	Seed   uint64       // of everything that is drawn
	Speed  float64      // divides all waiting times: 1 as in the catalogue, 10 ten times faster, 0 no waiting
	Spread float64      // of the problems' difficulty in logits, near 1 for a natural bank; 0 gives each problem exactly the skill
	Models []Model      // nil means Catalogue()
	Log    *slog.Logger // nil means silence
}

// Server is a running provider.
type Server struct {
	cfg    Config
	key    string
	models map[string]actor
	wrong  *wrongs
	asked  atomic.Uint64 // requests, for their ids
	drawn  atomic.Uint64 // passing failures that were drawn
	http   *http.Server
	addr   string
	cancel context.CancelFunc
	served chan struct{}
	stop   func() bool
}

// Start opens a server on a free port of 127.0.0.1. It runs until Close, or
// until ctx is done. It returns an Invalid fault for a configuration that cannot
// be served and an Unavailable one when no port can be opened.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s, err := newServer(cfg)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "simulated models: no port can be opened: %w", err)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.addr, s.cancel, s.wrong.ctx = listener.Addr().String(), cancel, running
	s.http = &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return running },
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelWarn),
	}
	go func() {
		defer close(s.served)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.cfg.Log.Error("simulated models stopped", "error", err)
		}
	}()
	s.stop = context.AfterFunc(ctx, s.end)
	return s, nil
}

// newServer checks cfg and returns a server that listens nowhere yet.
func newServer(cfg Config) (*Server, error) {
	if cfg.Models == nil {
		cfg.Models = Catalogue()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Source == nil || !finite(cfg.Speed) || !finite(cfg.Spread) {
		return nil, fault.New(fault.Invalid, "simulated models need a source, and a speed and a spread that are not negative")
	}
	s := &Server{
		cfg: cfg, key: "sk-simulated-" + rand.Text(), models: map[string]actor{}, served: make(chan struct{}),
		wrong: newWrongs(cfg.Judge, cfg.Seed, cfg.Log),
	}
	for _, m := range cfg.Models {
		if err := m.check(); err != nil {
			return nil, err
		}
		if _, twice := s.models[m.Name]; twice {
			return nil, fault.New(fault.Invalid, "the simulated model %q is there twice", m.Name)
		}
		s.models[m.Name] = actor{Model: m, centre: centre(m.Skill, cfg.Spread)}
	}
	return s, nil
}

func finite(v float64) bool { return v >= 0 && !math.IsInf(v, 1) }

// URL returns the base URL, which ends in /v1.
func (s *Server) URL() string { return fmt.Sprintf("http://%s/v1", s.addr) }

// Key returns the bearer key, which is another one with every start.
func (s *Server) Key() string { return s.key }

// Close ends the server and waits until nothing of it runs.
func (s *Server) Close() {
	s.stop()
	s.end()
	<-s.served
	s.wrong.running.Wait()
}

// end cuts the waits of the requests under way short and lets them finish.
func (s *Server) end() {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
}
