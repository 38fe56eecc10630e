package runs

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/live"
	"github.com/assay-bench/assay/web/ui"
)

const (
	sayEvery  = 10 * time.Second // what a live region may announce
	maxStream = 5 * time.Minute  // the browser comes back by itself, and its rights are looked at again
)

// watch answers GET /runs/{id}/live with the page's parts, each time that they
// have changed, at most twice a second, until the run has ended.
func (h *Handlers) watch(w http.ResponseWriter, r *http.Request) error {
	run, err := runOf(r)
	if err != nil {
		return err
	}
	got, err := h.bench.Get(r.Context(), run)
	if err != nil {
		return err
	}
	pos, err := h.live.Position(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxStream)
	defer cancel()
	stream, err := h.live.Open(w, r.WithContext(ctx), live.Viewer(r))
	if err != nil {
		return err
	}
	defer stream.Close()
	manage := manages(r.Context(), got)
	shared, leave := h.feeds.join(feedKey{run, manage})
	defer leave()
	v := viewer{stream: stream, sent: map[string]string{}, spoke: time.Now()}
	render := func(ctx context.Context) (frame, error) { return h.frame(ctx, shared, run, manage) }
	if err := v.follow(shared, run, pos, render); err != nil && stream.Context().Err() == nil {
		slog.WarnContext(r.Context(), "live run stopped", "run", run, "error", err)
	}
	return nil // the answer has begun: there is nothing else to say
}

// viewer is one open stream and what it has been sent.
type viewer struct {
	stream *live.Stream
	sent   map[string]string
	spoke  time.Time
}

// follow sends a frame at once and then one after every event of the run, as
// fast as the feed allows.
func (v *viewer) follow(shared *feed, run id.ID, pos int64, render func(context.Context) (frame, error)) error {
	ofRun := func(e *event.Event) bool { return e.Topic == "run" && e.Subject == run }
	for {
		f, err := shared.after(v.stream.Context(), pos, render)
		if err != nil {
			return err
		}
		if text := v.message(f, time.Now()); text != "" {
			if err := v.stream.Send(f.pos, "", text); err != nil {
				return err
			}
		}
		if f.final {
			return v.stream.Flush()
		}
		if _, pos, err = v.stream.Next(max(pos, f.pos), ofRun); err != nil {
			return err
		}
	}
}

// message is what of f the viewer does not have yet. The last one takes the
// connection's own element away, so that the browser does not come back.
func (v *viewer) message(f frame, now time.Time) string {
	var b strings.Builder
	for _, p := range f.parts {
		if last, ok := v.sent[p.id]; !ok || last != p.html {
			put(&b, p.id, "innerMorph", p.html)
			v.sent[p.id] = p.html
		}
	}
	if f.say != v.sent["status"] && (f.final || now.Sub(v.spoke) >= sayEvery) {
		put(&b, "status", "innerHTML", html.EscapeString(f.say))
		v.sent["status"], v.spoke = f.say, now
	}
	if f.final {
		put(&b, "live", "delete", "")
	}
	return b.String()
}

func put(b *strings.Builder, id, swap, content string) {
	b.WriteString(`<hx-partial hx-target="#` + id + `" hx-swap="` + swap + `">` + content + "</hx-partial>")
}

// frame renders the page's parts as they are now, for all who watch the feed.
func (h *Handlers) frame(ctx context.Context, shared *feed, run id.ID, manage bool) (frame, error) {
	pos := h.hub.Last() // before reading, so that the frame knows at least this much
	progress, err := h.bench.Progress(ctx, run)
	if err != nil {
		return frame{}, err
	}
	final := progress.Run.State.Final()
	if final || len(shared.cells) == 0 || time.Since(shared.read) > matrixAge {
		if shared.cells, err = h.bench.Matrix(ctx, run); err != nil {
			return frame{}, err
		}
		shared.read = time.Now()
	}
	p := newRun(progress, shared.cells, manage, h.now())
	p.Live = !final
	parts, err := partsOf(ctx, p)
	return frame{pos: pos, parts: parts, say: p.Say, final: final}, err
}

// partsOf renders what moves. It carries no attribute that htmx reads, for those
// need the nonce of one viewer's page.
func partsOf(ctx context.Context, p runProps) ([]part, error) {
	list := []struct {
		id string
		c  templ.Component
	}{
		{"run-head", runHead(p)}, {"run-strip", ui.DataStrip(p.Strip)}, {"run-figure", runFigure(p)},
		{"run-standing", standingTable(p.Standing)}, {"run-heat", runHeat(p)}, {"run-latest", runLatest(p)},
	}
	parts := make([]part, len(list))
	for i, one := range list {
		var b bytes.Buffer
		if err := one.c.Render(ctx, &b); err != nil {
			return nil, err
		}
		parts[i] = part{one.id, b.String()}
	}
	return parts, nil
}
