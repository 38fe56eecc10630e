package simulated

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

const maxBody = 32 << 20

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.complete)
	mux.HandleFunc("GET /v1/models", s.list)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, refusal{http.StatusNotFound, "invalid_request_error", "unknown_url", fmt.Sprintf("unknown request URL: %s %s", r.Method, r.URL.Path)})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "req_"+Mark+"_"+fmt.Sprint(s.asked.Add(1)))
		if !s.allowed(r) {
			refuse(w, refusal{http.StatusUnauthorized, "invalid_request_error", "invalid_api_key", "incorrect API key provided"})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) allowed(r *http.Request) bool {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	got, want := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(s.key))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && ok
}

// refusal is an answer that is none.
type refusal struct {
	status           int
	kind, code, text string
}

func refuse(w http.ResponseWriter, f refusal) {
	send(w, f.status, object{"error": object{"message": f.text, "type": f.kind, "param": nil, "code": f.code}})
}

type object = map[string]any

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	data := []object{}
	for _, m := range s.cfg.Models {
		data = append(data, object{"id": m.Name, "object": "model", "created": 0, "owned_by": Mark})
	}
	send(w, http.StatusOK, object{"object": "list", "data": data})
}

// chat is what a request may ask for.
type chat struct {
	Model    string `json:"model"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Temperature         *float64 `json:"temperature"`
	MaxTokens           *int     `json:"max_tokens"`
	MaxCompletionTokens *int     `json:"max_completion_tokens"`
	N                   *int     `json:"n"`
	Seed                *int64   `json:"seed"`
	Stream              bool     `json:"stream"`
	StreamOptions       struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`

	question string // the last message of the user
	letters  int    // of all messages
	limit    int    // of tokens; 0 for none
}

func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c, bad := read(w, r)
	if bad != nil {
		refuse(w, *bad)
		return
	}
	a, ok := s.models[c.Model]
	if !ok {
		refuse(w, refusal{http.StatusNotFound, "invalid_request_error", "model_not_found", fmt.Sprintf("the model %.100q does not exist", c.Model)})
		return
	}
	if s.stumbles(w, a) {
		return
	}
	p, said, err := s.think(r, a, c)
	if err != nil {
		return // the client has left, or the server is about to
	}
	said = said.within(c.limit)
	reply := reply{id: fmt.Sprintf("chatcmpl-%s-%d", Mark, rand.Uint64()), created: began.Unix(), model: a.Name, answer: said,
		in: tokens(c.letters), out: tokens(len(said.text))}
	pace := pace{ctx: r.Context(), began: began, speed: s.cfg.Speed}
	if c.Stream {
		reply.stream(w, pace, p, c.StreamOptions.IncludeUsage)
	} else if pace.until(p.total) {
		send(w, http.StatusOK, reply.whole())
	}
}

// think finds the answer to c.
func (s *Server) think(r *http.Request, a actor, c chat) (plan, answer, error) {
	seed := rand.Uint64()
	if c.Seed != nil {
		seed = uint64(*c.Seed)
	}
	item, known := s.cfg.Source.Lookup(c.question)
	p := s.plan(a, item, seed)
	if !known {
		return p, answer{"This is a simulated model. It only knows the problems of the test bank, and this is none of them.", "stop"}, nil
	}
	said, err := s.answer(r.Context(), p, item)
	return p, said, err
}

// stumbles answers with a passing failure as often as the model has one. It is
// drawn anew for each request, so that the same one succeeds later.
func (s *Server) stumbles(w http.ResponseWriter, a actor) bool {
	switch u := chanceOf(s.cfg.Seed, a.Name, "stumble", s.drawn.Add(1)).Float64(); {
	case u < a.Busy:
		w.Header().Set("Retry-After", "1")
		refuse(w, refusal{http.StatusTooManyRequests, "requests", "rate_limit_exceeded", "rate limit reached; try again in 1 second"})
	case u < a.Busy+a.Fault:
		refuse(w, refusal{http.StatusInternalServerError, "server_error", "server_error", "the server had an error while processing your request"})
	default:
		return false
	}
	return true
}

func read(w http.ResponseWriter, r *http.Request) (chat, *refusal) {
	invalid := func(text string) *refusal {
		return &refusal{http.StatusBadRequest, "invalid_request_error", "invalid_request", text}
	}
	var c chat
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return c, &refusal{http.StatusRequestEntityTooLarge, "invalid_request_error", "request_too_large", "the request is larger than 32 MB"}
	}
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return c, invalid("the JSON body of the request could not be parsed")
	}
	found := false
	for _, m := range c.Messages {
		text, ok := plainText(m.Content)
		if !ok || m.Role == "" {
			return c, invalid("each message needs a role and a content of text")
		}
		c.letters += utf8.RuneCountInString(text)
		if m.Role == "user" {
			c.question, found = text, true
		}
	}
	c.limit = limit(c.MaxTokens, c.MaxCompletionTokens)
	switch {
	case c.Model == "":
		return c, invalid("you must provide a model")
	case !found:
		return c, invalid("there must be a message of the user")
	case c.limit < 0:
		return c, invalid("max_tokens must be at least 1")
	case c.Temperature != nil && (*c.Temperature < 0 || *c.Temperature > 2):
		return c, invalid("temperature must be from 0 to 2")
	case c.N != nil && *c.N != 1:
		return c, invalid("n must be 1")
	}
	return c, nil
}

// limit returns the smaller of the limits that are given, 0 if there is none,
// and -1 if one is not positive.
func limit(given ...*int) int {
	least := 0
	for _, n := range given {
		switch {
		case n == nil:
		case *n < 1:
			return -1
		case least == 0 || *n < least:
			least = *n
		}
	}
	return least
}

// plainText reads a content that is a string or a list of texts.
func plainText(raw json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s, true
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return "", false
	}
	for _, p := range parts {
		if p.Type != "text" {
			return "", false
		}
		s += p.Text
	}
	return s, true
}

// tokens returns how many tokens so many letters are taken for.
func tokens(letters int) int { return (letters + 3) / 4 }

// within cuts the answer after limit tokens.
func (a answer) within(limit int) answer {
	if limit == 0 || tokens(len(a.text)) <= limit {
		return a
	}
	end := limit * 4
	for end > 0 && !utf8.RuneStart(a.text[end]) {
		end--
	}
	return answer{a.text[:end], "length"}
}
