package openai

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/assay-bench/assay/internal/provider"
)

// chunk is a piece of a streamed answer, or a whole one. What servers vary in is
// left raw, so that an odd detail does not lose the text.
type chunk struct {
	Model   string          `json:"model"`
	Error   json.RawMessage `json:"error"`
	Usage   json.RawMessage `json:"usage"`
	Choices []struct {
		Index        int     `json:"index"`
		Delta        content `json:"delta"`
		Message      content `json:"message"`
		FinishReason string  `json:"finish_reason"`
	} `json:"choices"`
}

type content struct {
	Content          json.RawMessage `json:"content"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Refusal          string          `json:"refusal"`
}

// answer gathers a Response.
type answer struct {
	call    *call
	maxText int
	onText  func(string)
	text    strings.Builder
	chosen  bool // a choice has been seen
	unseen  int  // letters of reasoning, which cost output tokens too
	out     provider.Response
}

func newAnswer(k *call, maxText int, onText func(string)) *answer {
	return &answer{call: k, maxText: maxText, onText: onText}
}

// take adds one chunk.
func (a *answer) take(raw []byte) error {
	var c chunk
	if json.Unmarshal(raw, &c) != nil {
		if raw[0] == '[' {
			return a.call.reported(raw, a.call.status)
		}
		return a.call.garbled(raw)
	}
	if len(c.Error) > 0 && !bytes.Equal(c.Error, []byte("null")) {
		return a.call.reported(raw, a.call.status)
	}
	if c.Model != "" {
		a.out.Model = clean(c.Model)
	}
	a.count(c.Usage)
	for _, choice := range c.Choices {
		if choice.Index != 0 {
			continue
		}
		a.chosen = true
		for _, part := range []content{choice.Delta, choice.Message} {
			a.unseen += utf8.RuneCountInString(plain(part.ReasoningContent))
			a.add(plain(part.Content) + part.Refusal)
		}
		if choice.FinishReason != "" {
			a.out.FinishReason = clean(choice.FinishReason)
		}
	}
	return nil
}

// plain returns the text of a content field: a string, a list of parts, or null.
func plain(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] != '[' {
		var s string
		_ = json.Unmarshal(raw, &s)
		return s
	}
	var parts []struct {
		Text string `json:"text"`
	}
	_ = json.Unmarshal(raw, &parts)
	var s strings.Builder
	for _, p := range parts {
		s.WriteString(p.Text)
	}
	return s.String()
}

func (a *answer) add(text string) {
	if text == "" || a.out.Truncated {
		return
	}
	if a.out.FirstToken == 0 {
		a.out.FirstToken = time.Since(a.call.began)
	}
	// Postgres text cannot hold a NUL.
	text = strings.ReplaceAll(text, "\x00", "�")
	if room := a.maxText - a.text.Len(); len(text) > room {
		for room > 0 && !utf8.RuneStart(text[room]) {
			room--
		}
		text, a.out.Truncated = text[:room], true
	}
	a.text.WriteString(text)
	if a.onText != nil && text != "" {
		a.onText(text)
	}
}

// count reads usage, of which the last one that counts anything is right:
// some servers send a running count with every chunk.
func (a *answer) count(raw json.RawMessage) {
	var u struct {
		Prompt     float64 `json:"prompt_tokens"`
		Completion float64 `json:"completion_tokens"`
		CacheHit   float64 `json:"prompt_cache_hit_tokens"`
		Details    struct {
			Cached float64 `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &u) != nil {
		return
	}
	set := func(to *int64, n float64) {
		// A count past all reason would make the cost of a call overflow.
		if n > 0 && n < 1e9 {
			*to = int64(n)
		}
	}
	set(&a.out.InputTokens, u.Prompt)
	set(&a.out.OutputTokens, u.Completion)
	set(&a.out.CachedTokens, max(u.CacheHit, u.Details.Cached))
}

// finish completes the response, estimating what the server did not count.
func (a *answer) finish(req provider.Request) {
	a.out.Text = a.text.String()
	a.out.Latency = time.Since(a.call.began)
	if a.out.Model == "" {
		a.out.Model = req.Model
	}
	if a.out.InputTokens == 0 {
		letters := 0
		for _, m := range req.Messages {
			letters += utf8.RuneCountInString(m.Content)
		}
		a.out.InputTokens, a.out.UsageEstimated = int64(letters+3)/4, true
	}
	if letters := a.unseen + utf8.RuneCountInString(a.out.Text); a.out.OutputTokens == 0 && letters > 0 {
		a.out.OutputTokens, a.out.UsageEstimated = int64(letters+3)/4, true
	}
	a.out.CachedTokens = min(a.out.CachedTokens, a.out.InputTokens)
}
