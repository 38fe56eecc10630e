package simulated

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/provider/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves the problems of testdata and returns the way to them. Code is
// judged by comparing it with the reference, not by running it.
func start(t *testing.T, cfg Config) (*Server, *openai.Client, provider.Endpoint) {
	t.Helper()
	var x Index
	x.Add(bank(t)...)
	cfg.Source = &x
	cfg.Judge = func(_ context.Context, item Item, code string) (bool, error) { return solves(item, code), nil }
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	client := openai.New(openai.Options{})
	t.Cleanup(func() {
		client.Close()
		s.Close()
	})
	return s, client, provider.Endpoint{BaseURL: s.URL(), Key: s.Key(), Timeout: 20 * time.Second}
}

// solves tells whether the last program in text holds the reference, comments
// and white space aside.
func solves(item Item, text string) bool {
	if i := strings.LastIndex(text, "```\n\nThat misses"); i >= 0 {
		text = text[i:]
	}
	return strings.Contains(bones(text), bones(item.Reference))
}

func bones(text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(l), "#") {
			b.WriteString(strings.Join(strings.Fields(l), ""))
		}
	}
	return b.String()
}

func question(item Item, model string, seed int64) provider.Request {
	return provider.Request{Model: model, Seed: &seed, Messages: []provider.Message{
		{Role: provider.System, Content: "You write Python."},
		{Role: provider.User, Content: "Complete this function.\n\n```python\n" + item.Prompt + "```\n"},
	}}
}

// steady is the catalogue without passing failures.
func steady() []Model {
	models := Catalogue()
	for i := range models {
		models[i].Busy, models[i].Fault = 0, 0
	}
	return models
}

func TestModelsAreFoundOutInTheOrderOfTheirSkill(t *testing.T) {
	t.Parallel()
	_, client, to := start(t, Config{Seed: 3, Spread: 1, Models: steady()})
	passed := map[string]int{}
	var order []string
	for _, m := range Catalogue() {
		order = append(order, m.Name)
		for seed := range int64(16) {
			for _, item := range bank(t) {
				got, err := client.Complete(t.Context(), to, question(item, m.Name, seed), nil)
				if err != nil {
					t.Fatal(err)
				}
				if solves(item, got.Text) {
					passed[m.Name]++
				}
				if got.UsageEstimated || got.Model != m.Name || got.FinishReason == "" || (got.OutputTokens == 0) != (got.Text == "") || got.InputTokens < 20 {
					t.Fatalf("response: got %+v", got)
				}
			}
		}
	}
	t.Log(passed)
	slices.SortFunc(order, func(a, b string) int { return passed[b] - passed[a] })
	if want := []string{"tessera-large", "orrery-70b", "touchstone-8b", "fennel-mini"}; !slices.Equal(order, want) {
		t.Errorf("order: got %v, want %v", order, want)
	}
}

func TestTheSameSeedsGiveTheSameAnswersOnAnotherServer(t *testing.T) {
	t.Parallel()
	_, client, one := start(t, Config{Seed: 9, Models: steady()})
	_, _, other := start(t, Config{Seed: 9, Models: steady()})
	ask := func(to provider.Endpoint, i int) string {
		item := bank(t)[i/6]
		got, err := client.Complete(t.Context(), to, question(item, "fennel-mini", int64(i%6)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Text
	}
	// The second server is asked from the end, so that no order can help.
	var first, second [60]string
	different := map[string]bool{}
	for i := range 60 {
		first[i], second[59-i] = ask(one, i), ask(other, 59-i)
		different[first[i]] = true
	}
	if first != second {
		t.Errorf("got %q, want %q", second, first)
	}
	if got := len(different); got < 40 {
		t.Errorf("answers: got %d different ones of 60, want at least 40", got)
	}
}

func TestEveryFormOfAnswerArrivesAsItWasMeant(t *testing.T) {
	t.Parallel()
	item := bank(t)[1]
	for name, c := range map[string]struct {
		model Model
		want  func(text, reason string) bool
	}{
		"whole":        {Model{Skill: 1, Habit: Habit{Whole: 1}}, func(x, _ string) bool { return strings.Contains(x, "```\n") && strings.Contains(x, "import List") }},
		"function":     {Model{Skill: 1, Habit: Habit{Function: 1}}, func(x, _ string) bool { return strings.Contains(x, "```") && strings.Contains(x, "import List") }},
		"bare":         {Model{Skill: 1, Habit: Habit{Bare: 1}}, func(x, _ string) bool { return strings.HasPrefix(x, "from typing") }},
		"continuation": {Model{Skill: 1, Habit: Habit{Continuation: 1}}, func(x, _ string) bool { return strings.HasPrefix(x, "    ") && !strings.Contains(x, "def ") }},
		"two blocks":   {Model{Skill: 1, Odd: 1}, func(x, _ string) bool { return strings.Count(x, "```python\n") == 2 }},
		"wrong":        {Model{Skill: 0}, func(x, _ string) bool { return strings.Contains(x, "def merge_spans") }},
		"odd and wrong": {Model{Skill: 0, Odd: 1}, func(x, r string) bool {
			return x == "" || strings.Contains(x, "```javascript\nfunction merge_spans(") || !strings.Contains(x, "`") ||
				r == "length" && strings.Count(x, "```") == 1
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.model.Name = "m"
			_, client, to := start(t, Config{Models: []Model{c.model}})
			for seed := range int64(25) {
				got, err := client.Complete(t.Context(), to, question(item, "m", seed), nil)
				if err != nil || !c.want(got.Text, got.FinishReason) || solves(item, got.Text) != (c.model.Skill == 1) {
					t.Fatalf("got %v and (%s)\n%s", err, got.FinishReason, got.Text)
				}
			}
		})
	}
}

func TestAFunctionIsHandedOverWithoutWhatStandsAboveItOnlyWhenThatIsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ src, want string }{
		{"# a remark\n\ndef f(a):\n    \"\"\"Doc.\"\"\"\n    return a\n", "def f(a):\n    return a\n"},
		{"import re\n\ndef f(a):\n    '''Doc.'''\n    return re\n", "import re\n\ndef f(a):\n    return re\n"},
		{"def f(a):\n    \"\"\"Doc.\"\"\"\n", "def f(a):\n    \"\"\"Doc.\"\"\"\n"},
		{"def f(a:\n", "def f(a:\n"},
	} {
		if got := alone(c.src, "f", true); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestAnAnswerEndsAtTheTokenLimit(t *testing.T) {
	t.Parallel()
	_, client, to := start(t, Config{Models: []Model{{Name: "m", Skill: 1}}})
	req := question(bank(t)[0], "m", 1)
	req.MaxTokens = 10
	got, err := client.Complete(t.Context(), to, req, nil)
	if err != nil || got.FinishReason != "length" || got.OutputTokens != 10 || len(got.Text) != 40 {
		t.Errorf("got %+v and %v, want 10 tokens", got, err)
	}
}

func TestPassingFailuresPass(t *testing.T) {
	t.Parallel()
	_, client, to := start(t, Config{Seed: 5, Models: []Model{{Name: "m", Skill: 1, Busy: 0.3, Fault: 0.2}}})
	seen := map[int]int{}
	for range 200 {
		_, err := client.Complete(t.Context(), to, question(bank(t)[0], "m", 1), nil)
		e, _ := err.(*provider.Error)
		if e == nil {
			seen[200]++
			continue
		}
		seen[e.Status]++
		if !e.Retryable || e.Status == 429 && e.RetryAfter != time.Second {
			t.Fatalf("got %#v, want a retryable failure", e)
		}
	}
	if seen[200] < 70 || seen[429] < 35 || seen[500] < 20 || len(seen) != 3 {
		t.Errorf("statuses: got %v, want about 100, 60 and 40", seen)
	}
}

func TestBadRequestsGetProperErrors(t *testing.T) {
	t.Parallel()
	s, _, _ := start(t, Config{Models: []Model{{Name: "m", Skill: 1}}})
	const hello = `{"model":"m","messages":[{"role":"user","content":"hello"}]`
	for name, c := range map[string]struct {
		method, path, key, body string
		status                  int
		code                    string
	}{
		"no key":             {"POST", "/chat/completions", "", hello + "}", 401, "invalid_api_key"},
		"another key":        {"GET", "/models", "Bearer sk-other", "", 401, "invalid_api_key"},
		"the key alone":      {"GET", "/models", s.Key(), "", 401, "invalid_api_key"},
		"no JSON":            {"POST", "/chat/completions", "Bearer " + s.Key(), `{"model":`, 400, "invalid_request"},
		"more than JSON":     {"POST", "/chat/completions", "Bearer " + s.Key(), hello + "} {}", 400, "invalid_request"},
		"a list":             {"POST", "/chat/completions", "Bearer " + s.Key(), "[]", 400, "invalid_request"},
		"no model":           {"POST", "/chat/completions", "Bearer " + s.Key(), `{"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_request"},
		"an unknown model":   {"POST", "/chat/completions", "Bearer " + s.Key(), `{"model":"gpt","messages":[{"role":"user","content":"x"}]}`, 404, "model_not_found"},
		"no message":         {"POST", "/chat/completions", "Bearer " + s.Key(), `{"model":"m","messages":[]}`, 400, "invalid_request"},
		"no user":            {"POST", "/chat/completions", "Bearer " + s.Key(), `{"model":"m","messages":[{"role":"system","content":"x"}]}`, 400, "invalid_request"},
		"a picture":          {"POST", "/chat/completions", "Bearer " + s.Key(), `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}`, 400, "invalid_request"},
		"no tokens":          {"POST", "/chat/completions", "Bearer " + s.Key(), hello + `,"max_tokens":0}`, 400, "invalid_request"},
		"too hot":            {"POST", "/chat/completions", "Bearer " + s.Key(), hello + `,"temperature":3}`, 400, "invalid_request"},
		"several answers":    {"POST", "/chat/completions", "Bearer " + s.Key(), hello + `,"n":2}`, 400, "invalid_request"},
		"the wrong method":   {"GET", "/chat/completions", "Bearer " + s.Key(), "", 404, "unknown_url"},
		"another path":       {"POST", "/embeddings", "Bearer " + s.Key(), "{}", 404, "unknown_url"},
		"forty megabytes":    {"POST", "/chat/completions", "Bearer " + s.Key(), hello + strings.Repeat(" ", 40<<20) + "}", 413, "request_too_large"},
		"an unknown problem": {"POST", "/chat/completions", "Bearer " + s.Key(), hello + "}", 200, "only knows the problems"},
		"a message in parts": {"POST", "/chat/completions", "Bearer " + s.Key(), `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}`, 200, `"finish_reason":"stop"`},
		"the list of models": {"GET", "/models", "Bearer " + s.Key(), "", 200, `"owned_by":"simulated"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), c.method, s.URL()+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", c.key)
			r.Close = true
			resp, err := (&http.Transport{}).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			raw, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.status || !strings.Contains(string(raw), c.code) || resp.Header.Get("Content-Type") != "application/json" {
				t.Errorf("got %d: %.300s, want %d with %s", resp.StatusCode, raw, c.status, c.code)
			}
			if c.status != 200 && !strings.HasPrefix(string(raw), `{"error":{`) {
				t.Errorf("got %.300s, want an error object", raw)
			}
		})
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	s, client, to := start(t, Config{Spread: 1, Models: steady()})
	var all sync.WaitGroup
	for n := range 24 {
		all.Go(func() {
			for i, item := range bank(t) {
				model := s.cfg.Models[(n+i)%4].Name
				if _, err := client.Complete(t.Context(), to, question(item, model, int64(n)), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	names, err := client.Models(t.Context(), to)
	if want := []string{"fennel-mini", "orrery-70b", "tessera-large", "touchstone-8b"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("models: got %v and %v, want %v", names, err, want)
	}
}

func TestAnAnswerTakesItsTimeAtFullSpeed(t *testing.T) {
	t.Parallel()
	_, client, to := start(t, Config{Speed: 1, Models: []Model{{Name: "m", Skill: 1, Median: 60 * time.Millisecond}}})
	got, err := client.Complete(t.Context(), to, question(bank(t)[0], "m", 1), nil)
	if err != nil || got.Latency < 55*time.Millisecond || got.FirstToken < 13*time.Millisecond || got.FirstToken > got.Latency {
		t.Errorf("got first token %v, latency %v, %v; want about 18 and 60 ms", got.FirstToken, got.Latency, err)
	}
}

func TestAClosedServerLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *Server, cancel func()){
		"closed":                   func(s *Server, _ func()) { s.Close() },
		"its context is done":      func(s *Server, cancel func()) { cancel() },
		"closed after its context": func(s *Server, cancel func()) { cancel(); s.Close(); s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var x Index
			x.Add(bank(t)...)
			s, err := Start(ctx, Config{Source: &x, Speed: 1, Models: []Model{{Name: "m", Median: time.Hour}}})
			if err != nil {
				t.Fatal(err)
			}
			client := openai.New(openai.Options{})
			defer client.Close()
			ended := make(chan error)
			go func() {
				_, err := client.Complete(t.Context(), provider.Endpoint{BaseURL: s.URL(), Key: s.Key()}, question(bank(t)[0], "m", 1), nil)
				ended <- err
			}()
			for s.asked.Load() == 0 {
				select {
				case err := <-ended:
					t.Fatalf("ended before the server: %v", err)
				default:
				}
			}
			end(s, cancel)
			if err := <-ended; err == nil {
				t.Error("got an answer, want an error")
			}
			s.Close()
		})
	}
}

func TestAConfigurationThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	x := &Index{}
	for name, cfg := range map[string]Config{
		"no source":        {},
		"speed":            {Source: x, Speed: -1},
		"no name":          {Source: x, Models: []Model{{}}},
		"twice":            {Source: x, Models: []Model{{Name: "m"}, {Name: "m"}}},
		"skill":            {Source: x, Models: []Model{{Name: "m", Skill: 1.1}}},
		"more than always": {Source: x, Models: []Model{{Name: "m", Busy: 0.6, Fault: 0.6}}},
		"habits":           {Source: x, Models: []Model{{Name: "m", Habit: Habit{Bare: -1}}}},
	} {
		if _, err := Start(t.Context(), cfg); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v, want an invalid fault", name, err)
		}
	}
}

func TestTheCatalogueHidesItsSkillAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	last := 1.0
	for _, m := range Catalogue() {
		if m.Skill >= last || m.Median < 150*time.Millisecond || m.Median > 900*time.Millisecond || m.OutputPrice <= m.InputPrice {
			t.Errorf("%s: got %+v", m.Name, m)
		}
		last = m.Skill
	}
	if got, err := json.Marshal(Catalogue()); err != nil || strings.Contains(string(got), "Skill") || strings.Contains(string(got), "0.75") {
		t.Errorf("as JSON: got %s and %v, want no skill", got, err)
	}
}
