package runs

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/live"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
	"github.com/assay-bench/assay/web/shell"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// stage is a bench whose events travel as in the product.
type stage struct {
	*fakeBench
	db  *pg.DB
	hub *event.Hub
	h   *Handlers
}

func newStage(t *testing.T, site *shell.Site) *stage {
	t.Helper()
	s := &stage{fakeBench: running(), db: pgtest.DB(t)}
	s.hub = event.NewHub(s.db)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.hub.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("hub: %v", err)
		}
	})
	<-s.hub.Ready()
	s.h = New(site, s.fakeBench, stocked, stocked, live.New(s.hub), s.hub)
	return s
}

// happen changes the run and tells everybody, as a service does.
func (s *stage) happen(t *testing.T, kind string, change func(p *bench.Progress)) {
	t.Helper()
	s.set(change)
	err := s.db.AsOrg(t.Context(), home, func(tx pgx.Tx) error {
		return event.Publish(t.Context(), tx, event.Event{Org: home, Public: true, Topic: "run", Kind: kind, Subject: numbered(1)}, struct{}{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func newSite() *shell.Site {
	return &shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test", Live: true}
}

// follow opens the stream of the run; each message is the data of one event.
func follow(t *testing.T, s *stage) (next func() (string, error)) {
	t.Helper()
	server := httptest.NewServer(pages(s.h, nil))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+runURL+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("got %q with status %d", got, answer.StatusCode)
	}
	lines := bufio.NewReader(answer.Body)
	return func() (string, error) {
		var data strings.Builder
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return data.String(), err
			}
			if text, ok := strings.CutPrefix(line, "data: "); ok {
				data.WriteString(text)
			}
			if line == "\n" && data.Len() > 0 {
				return data.String(), nil
			}
		}
	}
}

func TestViewersSeeWhatHappensUntilTheEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t, newSite())
	next := follow(t, s)
	first, err := next()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<hx-partial hx-target="#run-head" hx-swap="innerMorph">`, `#run-strip`, `#run-figure`, `#run-standing`, `#run-heat`, `#run-latest`, "50.0 %"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first frame lacks %s", want)
		}
	}
	if strings.Contains(first, `"#status"`) || strings.Contains(first, "hx-nonce") {
		t.Error("the first frame speaks, or carries a nonce")
	}
	s.happen(t, "attempt.settled", func(p *bench.Progress) { p.Run.Settled = 30 })
	second, err := next()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(second, "75.0 %") || strings.Contains(second, "#run-standing") {
		t.Errorf("the second frame is not just what changed: %.400s", second)
	}
	s.happen(t, "run.completed", func(p *bench.Progress) { p.Run.State, p.Run.Settled, p.Run.FinishedAt = bench.Completed, 40, &noon })
	last, err := next()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"complete", `hx-target="#status"`, "The run is complete.", `<hx-partial hx-target="#live" hx-swap="delete"></hx-partial>`} {
		if !strings.Contains(last, want) {
			t.Errorf("the last frame lacks %s", want)
		}
	}
	if rest, err := next(); err != io.EOF {
		t.Errorf("after the end: got %q, %v", rest, err)
	}
}

func TestManyEventsAreFewFrames(t *testing.T) {
	t.Parallel()
	s := newStage(t, newSite())
	next := follow(t, s)
	if _, err := next(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for i := range 60 {
		s.happen(t, "attempt.settled", func(p *bench.Progress) { p.Run.Settled = 21 + i/4 })
	}
	s.happen(t, "run.completed", func(p *bench.Progress) { p.Run.State, p.Run.FinishedAt = bench.Completed, &noon })
	frames := 0
	for {
		if _, err := next(); err != nil {
			break
		}
		frames++
	}
	if most := 2 + int(time.Since(start)/pace); frames < 1 || frames > most {
		t.Errorf("frames: got %d in %v, want at most %d", frames, time.Since(start), most)
	}
}

func TestAnnouncementsAreSparse(t *testing.T) {
	t.Parallel()
	v := viewer{sent: map[string]string{}, spoke: noon}
	speaks := func(say string, after time.Duration, final bool) bool {
		return strings.Contains(v.message(frame{say: say, final: final}, noon.Add(after)), `"#status"`)
	}
	for i, c := range []struct {
		say   string
		after time.Duration
		final bool
		want  bool
	}{
		{"50 % done.", 9 * time.Second, false, false},
		{"51 % done.", 10 * time.Second, false, true},
		{"52 % done.", 19 * time.Second, false, false},
		{"51 % done.", 25 * time.Second, false, false},
		{"53 % done.", 25 * time.Second, false, true},
		{"The run is complete.", 26 * time.Second, true, true},
	} {
		if got := speaks(c.say, c.after, c.final); got != c.want {
			t.Errorf("%d: got %v, want %v", i, got, c.want)
		}
	}
}
