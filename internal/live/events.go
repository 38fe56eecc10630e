package live

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

// perSecond is the most events that one stream carries in a second; the rest waits.
const perSecond = 100

// message is an event as programs see it.
type message struct {
	Pos     int64           `json:"pos"`
	Topic   string          `json:"topic"`
	Kind    string          `json:"kind"`
	Subject id.ID           `json:"subject"`
	At      time.Time       `json:"at"`
	Data    json.RawMessage `json:"data"`
}

func newMessage(e *event.Event) message {
	return message{Pos: e.Pos, Topic: e.Topic, Kind: e.Kind, Subject: e.Subject, At: e.At, Data: e.Data}
}

// Events answers GET /api/v1/events/stream: the events of the caller's org and
// the public ones, filtered by topic=, kind=, run=, model= and verdict= (each may be
// repeated), replayed after Last-Event-ID.
func (s *Server) Events(w http.ResponseWriter, r *http.Request) error {
	match, err := Filter(r)
	if err != nil {
		return err
	}
	pos, err := s.Position(r)
	if err != nil {
		return err
	}
	st, err := s.Open(w, r, Viewer(r))
	if err != nil {
		return err
	}
	defer st.Close()
	pace := rate.NewLimiter(perSecond, perSecond)
	for {
		list, next, err := st.Next(pos, match)
		if err != nil {
			return nil // the client left or Assay stops: there is nobody to tell
		}
		for _, e := range list {
			if !pace.Allow() {
				_ = st.Flush() // a failure shows at the next write
				if pace.Wait(st.Context()) != nil {
					return nil
				}
			}
			raw, err := json.Marshal(newMessage(e))
			if err != nil || st.Send(e.Pos, e.Kind, string(raw)) != nil {
				return nil
			}
		}
		pos = next
	}
}

// Poll answers GET /api/v1/events for clients that cannot hold a stream: up to a
// thousand events after after=, and the position to ask from next.
func (s *Server) Poll(w http.ResponseWriter, r *http.Request) error {
	match, err := Filter(r)
	if err != nil {
		return err
	}
	pos, err := s.Position(r)
	if err != nil {
		return err
	}
	list, next, err := s.hub.Since(r.Context(), pos, match)
	if err != nil {
		return err
	}
	if len(list) > 1000 {
		list, next = list[:1000], list[999].Pos
	}
	out := struct {
		Next   int64     `json:"next"`
		Events []message `json:"events"`
	}{Next: next, Events: make([]message, 0, len(list))}
	for _, e := range list {
		out.Events = append(out.Events, newMessage(e))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(out)
}

// Filter returns which events the caller of r may see and asked for. An id that
// is none is Invalid.
func Filter(r *http.Request) (func(*event.Event) bool, error) {
	q := r.URL.Query()
	org := access.OrgOf(r.Context())
	var runs []id.ID
	for _, text := range q["run"] {
		v, ok := id.Parse(text)
		if !ok {
			return nil, fault.New(fault.Invalid, "run=%s is no id; copy it from the run's address", text)
		}
		runs = append(runs, v)
	}
	topics, kinds, models, verdicts := q["topic"], q["kind"], q["model"], q["verdict"]
	return func(e *event.Event) bool {
		switch {
		case !e.Public && (org == nil || *org != e.Org),
			len(topics) > 0 && !slices.Contains(topics, e.Topic),
			len(kinds) > 0 && !slices.Contains(kinds, e.Kind),
			len(runs) > 0 && (e.Topic != "run" || !slices.Contains(runs, e.Subject)):
			return false
		}
		return holds(e, "model", models) && holds(e, "verdict", verdicts)
	}, nil
}

// holds reports whether the event's data has one of the values under name.
func holds(e *event.Event, name string, values []string) bool {
	if len(values) == 0 {
		return true
	}
	var data map[string]any
	if json.Unmarshal(e.Data, &data) != nil {
		return false
	}
	text, _ := data[name].(string)
	return slices.Contains(values, text)
}

// Viewer names who sent r, for limits: the account, else the address.
func Viewer(r *http.Request) string {
	if a, ok := access.From(r.Context()); ok {
		return a.Account.String()
	}
	host := r.RemoteAddr
	if i := strings.LastIndexByte(host, ':'); i > 0 {
		host = host[:i]
	}
	return host
}
