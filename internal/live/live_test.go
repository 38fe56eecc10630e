package live

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// stage is a live server over a running hub; org acts where the header says so.
type stage struct {
	*Server
	db  *pg.DB
	org id.ID
	url string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{db: pgtest.DB(t), org: id.New()}
	hub := event.NewHub(s.db)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	<-hub.Ready()
	s.Server = New(hub)
	s.ping = 50 * time.Millisecond
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Member") != "" {
			r = r.WithContext(access.With(r.Context(), access.Actor{Account: s.org, Org: s.org, Role: "viewer"}))
		}
		if err := s.Events(w, r); err != nil {
			http.Error(w, err.Error(), fault.Status(err))
		}
	}))
	s.url = web.URL
	t.Cleanup(func() {
		s.Close()
		web.Close()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("hub: %v", err)
		}
	})
	return s
}

func (s *stage) publish(t *testing.T, list ...event.Event) {
	t.Helper()
	for _, e := range list {
		err := s.db.AsOrg(t.Context(), e.Org, func(tx pgx.Tx) error {
			return event.Publish(t.Context(), tx, e, map[string]string{"verdict": "passed", "model": "m1"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// reader reads one stream.
type reader struct {
	*http.Response
	lines *bufio.Scanner
}

func (s *stage) open(t *testing.T, query string, header ...string) *reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	r := &reader{resp, bufio.NewScanner(resp.Body)}
	r.lines.Buffer(nil, 1<<20)
	return r
}

// until returns what follows the prefix in the next line that has it.
func (r *reader) until(t *testing.T, prefix string) string {
	t.Helper()
	for r.lines.Scan() {
		if rest, ok := strings.CutPrefix(r.lines.Text(), prefix); ok {
			return rest
		}
	}
	t.Fatalf("the stream ended before %q: %v", prefix, r.lines.Err())
	return ""
}

func TestAStreamCarriesWhatItsViewerMaySeeAndAskedFor(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	run, other := id.New(), id.New()
	list := []event.Event{
		{Org: s.org, Topic: "run", Kind: "private", Subject: run},
		{Org: other, Topic: "run", Kind: "foreign", Subject: run},
		{Org: other, Public: true, Topic: "run", Kind: "public", Subject: run},
		{Org: s.org, Public: true, Topic: "board", Kind: "board", Subject: other},
		{Org: s.org, Public: true, Topic: "run", Kind: "last", Subject: run},
	}
	s.publish(t, list...)
	for name, c := range map[string]struct {
		query  string
		member bool
		want   []string
	}{
		"a visitor":            {"after=0", false, []string{"public", "board", "last"}},
		"a member":             {"after=0", true, []string{"private", "public", "board", "last"}},
		"one topic":            {"after=0&topic=board&kind=last&kind=board", false, []string{"board"}},
		"one run":              {"after=0&run=" + run.String(), false, []string{"public", "last"}},
		"one kind":             {"after=0&kind=last", true, []string{"last"}},
		"a model that is in":   {"after=0&model=m1", false, []string{"public", "board", "last"}},
		"a verdict that is in": {"after=0&verdict=passed&kind=board", false, []string{"board"}},
	} {
		t.Run(name, func(t *testing.T) {
			header := []string{}
			if c.member {
				header = []string{"X-Member", "1"}
			}
			r := s.open(t, c.query, header...)
			for _, want := range c.want {
				if got := r.until(t, "event: "); got != want {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
		})
	}
}

func TestAClientThatComesBackMissesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var list []event.Event
	for i := range 1200 {
		list = append(list, event.Event{Org: s.org, Public: true, Topic: "run", Kind: fmt.Sprint("k", i), Subject: s.org})
	}
	first := s.open(t, "")
	s.publish(t, list[:3]...)
	first.until(t, "event: k0")
	first.Body.Close()
	s.publish(t, list[3:200]...)
	second := s.open(t, "", "Last-Event-ID", "1")
	for i := 1; i < 200; i++ {
		if got := second.until(t, "event: "); got != fmt.Sprint("k", i) {
			t.Fatalf("event %d: got %s", i, got)
		}
	}
}

func TestASilentStreamIsPinged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.open(t, "")
	if got := r.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("type: got %q", got)
	}
	if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "no-cache") {
		t.Errorf("cache control: got %q", got)
	}
	r.until(t, ": ping")
	r.until(t, ": ping")
}

func TestNobodyHoldsMoreStreamsThanAllowed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for range perViewer {
		if r := s.open(t, "", "X-Member", "1"); r.StatusCode != 200 {
			t.Fatalf("status: got %d", r.StatusCode)
		}
	}
	if r := s.open(t, "", "X-Member", "1"); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: got %d", r.StatusCode)
	}
	if r := s.open(t, ""); r.StatusCode != 200 {
		t.Errorf("somebody else: got %d", r.StatusCode)
	}
}

func TestStoppingEndsEveryStreamWithinASecond(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var readers []*reader
	for range 40 {
		r := s.open(t, "")
		r.until(t, "retry: ")
		readers = append(readers, r)
	}
	start := time.Now()
	s.Close()
	for _, r := range readers {
		for r.lines.Scan() {
		}
	}
	if took := time.Since(start); took > 10*time.Second { // a second on a machine of its own
		t.Errorf("took %s", took)
	}
}

func TestBadQuestionsAreAnsweredWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, query := range []string{"run=x", "after=x", "after=-1", "after=99999999999999999999"} {
		if r := s.open(t, query); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d", query, r.StatusCode)
		}
	}
}
