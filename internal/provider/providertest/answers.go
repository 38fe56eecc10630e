package providertest

import (
	"net/http"
	"strings"
	"testing"
)

const sse = "text/event-stream"

func (s suite) answers(t *testing.T) {
	w := s.wire
	hello := w.Delta("Hel") + w.Delta("lo")
	counted := hello + w.Finish("stop") + w.Usage(11, 3, 5) + w.Done
	whole := w.Whole("Hello", 11, 3)
	for name, c := range map[string]struct {
		script    http.HandlerFunc
		text      string
		in, out   int64
		cached    int64
		reason    string
		estimated bool
	}{
		"a stream with a count":                 {stream(sse, w.Delta("Hel"), w.Delta("lo"), w.Finish("stop"), w.Usage(11, 3, 5), w.Done), "Hello", 11, 3, 5, "stop", false},
		"a stream in one write":                 {stream(sse, counted), "Hello", 11, 3, 5, "stop", false},
		"a stream cut into single bytes":        {stream(sse, strings.Split(counted, "")...), "Hello", 11, 3, 5, "stop", false},
		"a stream with comments":                {stream(sse, ": PROCESSING\n\n", w.Delta("Hel"), ": PROCESSING\n\n", ":\n\n", w.Delta("lo"), w.Finish("stop"), w.Usage(11, 3, 5), w.Done), "Hello", 11, 3, 5, "stop", false},
		"a stream with CRLF":                    {stream(sse, strings.ReplaceAll(counted, "\n", "\r\n")), "Hello", 11, 3, 5, "stop", false},
		"a stream with single line breaks":      {stream(sse, strings.ReplaceAll(counted, "\n\n", "\n")), "Hello", 11, 3, 5, "stop", false},
		"a stream after a byte order mark":      {stream(sse, "\xef\xbb\xbf"+counted), "Hello", 11, 3, 5, "stop", false},
		"a stream that is called JSON":          {stream("application/json", counted), "Hello", 11, 3, 5, "stop", false},
		"a stream that is called nothing":       {stream("", counted), "Hello", 11, 3, 5, "stop", false},
		"a stream without a count":              {stream(sse, hello, w.Finish("stop"), w.Done), "Hello", 5, 2, 0, "stop", true},
		"a stream without its last line":        {stream(sse, hello, w.Finish("stop")), "Hello", 5, 2, 0, "stop", true},
		"a stream that ends in a torso":         {stream(sse, hello, w.Finish("stop"), "data: {\"ch"), "Hello", 5, 2, 0, "stop", true},
		"a stream cut by the token limit":       {stream(sse, hello, w.Finish("length"), w.Usage(11, 64, 0), w.Done), "Hello", 11, 64, 0, "length", false},
		"an empty answer":                       {stream(sse, w.Finish("stop"), w.Usage(11, 0, 0), w.Done), "", 11, 0, 0, "stop", false},
		"a NUL in the text":                     {stream(sse, w.Delta("a\x00b"), w.Finish("stop"), w.Usage(11, 3, 0), w.Done), "a�b", 11, 3, 0, "stop", false},
		"a count past all reason":               {stream(sse, hello, w.Finish("stop"), w.Usage(1<<60, -4, 0), w.Done), "Hello", 5, 2, 0, "stop", true},
		"an answer in one piece":                {reply(200, "application/json", whole), "Hello", 11, 3, 0, "stop", false},
		"an answer in one piece, called events": {reply(200, sse, whole), "Hello", 11, 3, 0, "stop", false},
		"an answer in one piece, called text":   {reply(200, "text/plain", "\n  "+whole), "Hello", 11, 3, 0, "stop", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, c.script)
			if got.err != nil {
				t.Fatalf("error: %v", got.err)
			}
			if got.Text != c.text || got.FinishReason != c.reason {
				t.Errorf("answer: got %q (%s), want %q (%s)", got.Text, got.FinishReason, c.text, c.reason)
			}
			if got.InputTokens != c.in || got.OutputTokens != c.out || got.CachedTokens != c.cached || got.UsageEstimated != c.estimated {
				t.Errorf("tokens: got %d in, %d out, %d cached, estimated %v; want %d, %d, %d, %v",
					got.InputTokens, got.OutputTokens, got.CachedTokens, got.UsageEstimated, c.in, c.out, c.cached, c.estimated)
			}
			if (got.FirstToken > 0) != (c.text != "") || got.FirstToken > got.Latency || got.Latency <= 0 {
				t.Errorf("times: got first token %v, latency %v", got.FirstToken, got.Latency)
			}
			if got.Truncated {
				t.Error("the text is marked as truncated")
			}
		})
	}
}

// size looks at answers that are larger than any sane one.
func (s suite) size(t *testing.T) {
	w := s.wire
	block := strings.Repeat("x", 1<<20)
	endless := func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", sse)
		for r.Context().Err() == nil {
			if _, err := rw.Write([]byte(w.Delta(block))); err != nil {
				return
			}
		}
	}
	five := strings.Repeat(w.Delta(block), 5) + w.Finish("stop") + w.Done
	for name, c := range map[string]struct {
		script    http.HandlerFunc
		low, high int
		cut       bool
	}{
		"five megabytes in a stream":       {stream(sse, five), 5 << 20, 5 << 20, false},
		"five megabytes in one event":      {stream(sse, w.Delta(strings.Repeat(block, 5)), w.Finish("stop"), w.Done), 5 << 20, 5 << 20, false},
		"five megabytes in one piece":      {reply(200, "application/json", w.Whole(strings.Repeat(block, 5), 1, 1)), 5 << 20, 5 << 20, false},
		"a stream without end":             {endless, 5 << 20, 16 << 20, true},
		"sixteen megabytes in one piece":   {reply(200, "application/json", w.Whole(strings.Repeat(block, 16), 1, 1)), 5 << 20, 16<<20 - 1, true},
		"long characters across the limit": {reply(200, "application/json", w.Whole("a"+strings.Repeat("€", 5<<20), 1, 1)), 5 << 20, 16<<20 - 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, c.script)
			if got.err != nil {
				t.Fatalf("error: %v", got.err)
			}
			if n := len(got.Text); n < c.low || n > c.high || got.Truncated != c.cut {
				t.Errorf("text: got %d bytes, truncated %v; want %d to %d, %v", n, got.Truncated, c.low, c.high, c.cut)
			}
			if strings.ToValidUTF8(got.Text, "") != got.Text {
				t.Error("the text was cut inside a character")
			}
		})
	}
	t.Run("one line without end", func(t *testing.T) {
		t.Parallel()
		got := s.ask(t, func(rw http.ResponseWriter, r *http.Request) {
			_, err := rw.Write([]byte("data: {"))
			for err == nil {
				_, err = rw.Write([]byte(block))
			}
		})
		if got.err == nil || got.err.Retryable {
			t.Errorf("error: got %v, want one that is not retryable", got.err)
		}
	})
}
