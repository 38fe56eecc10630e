package simulated

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"
)

// reply is an answer on its way out.
type reply struct {
	answer
	id      string
	created int64
	model   string
	in, out int // tokens
}

func (r reply) usage() object {
	return object{
		"prompt_tokens": r.in, "completion_tokens": r.out, "total_tokens": r.in + r.out,
		"prompt_tokens_details": object{"cached_tokens": 0},
	}
}

func (r reply) frame(kind string, choices ...object) object {
	if choices == nil {
		choices = []object{}
	}
	return object{"id": r.id, "object": kind, "created": r.created, "model": r.model, "system_fingerprint": Mark, "choices": choices}
}

func (r reply) whole() object {
	f := r.frame("chat.completion", object{
		"index": 0, "message": object{"role": "assistant", "content": r.text}, "logprobs": nil, "finish_reason": r.reason,
	})
	f["usage"] = r.usage()
	return f
}

// stream sends the answer in pieces, paced between the first and the last token
// of p.
func (r reply) stream(w http.ResponseWriter, at pace, p plan, usage bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	event := func(delta object, reason any) bool {
		return say(w, r.frame("chat.completion.chunk", object{"index": 0, "delta": delta, "logprobs": nil, "finish_reason": reason}))
	}
	parts := pieces(r.text)
	ok := at.until(p.first) && event(object{"role": "assistant", "content": ""}, nil)
	for i, part := range parts {
		due := p.first + (p.total-p.first)*time.Duration(i)/time.Duration(len(parts))
		if ok = ok && at.flushed(w, due) && event(object{"content": part}, nil); !ok {
			return
		}
	}
	if !ok || !at.flushed(w, p.total) || !event(object{}, r.reason) {
		return
	}
	if usage {
		f := r.frame("chat.completion.chunk")
		f["usage"] = r.usage()
		ok = say(w, f)
	}
	if ok {
		_, _ = fmt.Fprint(w, "data: [DONE]\n\n")
	}
}

func say(w http.ResponseWriter, v any) bool {
	raw, err := json.Marshal(v)
	if err == nil {
		_, err = fmt.Fprintf(w, "data: %s\n\n", raw)
	}
	return err == nil
}

// pieces cuts text into what one event carries: a token, or more of them when
// the text is long.
func pieces(text string) []string {
	size := max(4, len(text)/64)
	var all []string
	for len(text) > 0 {
		end := min(size, len(text))
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		all, text = append(all, text[:end]), text[end:]
	}
	return all
}

// pace waits for the moments of an answer.
type pace struct {
	ctx   context.Context
	began time.Time
	speed float64
}

// until waits until due has passed since the beginning, and tells whether
// anybody is still there. Waits too short to notice are left out.
func (p pace) until(due time.Duration) bool {
	left := p.left(due)
	if left < 5*time.Millisecond {
		return p.ctx.Err() == nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.ctx.Done():
		return false
	}
}

func (p pace) left(due time.Duration) time.Duration {
	if p.speed == 0 {
		return 0
	}
	return time.Duration(float64(due)/p.speed) - time.Since(p.began)
}

// flushed sends what was said before it waits.
func (p pace) flushed(w http.ResponseWriter, due time.Duration) bool {
	if p.left(due) >= 5*time.Millisecond {
		_ = http.NewResponseController(w).Flush()
	}
	return p.until(due)
}
