package bench

import (
	"context"
	"strings"
	"testing"

	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/score"
)

func TestEveryOddAnswerIsAScoredAttemptWithAReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want score.Verdict
	}{
		"empty":              {"", score.NoCode},
		"prose":              {"I am sorry, I cannot do that.", score.NoCode},
		"another language":   {"```javascript\nfunction f(x) { return x; }\n```", score.NoCode},
		"two blocks":         {"```python\ndef f(x):\n    return 0\n```\nBetter:\n```python\ndef f(x):\n    return x\n```", score.Passed},
		"five million bytes": {"```python\ndef f(x):\n    return x\n" + strings.Repeat("# "+strings.Repeat("x", 97)+"\n", 50_000) + "```", score.Passed},
		"NUL and bad UTF-8":  {"```python\ndef f(x):\n    return x # \x00\xff\n```", score.Passed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, 1)
			n := h.running(t)
			h.call = func(context.Context, id.ID, provider.Request) (gateway.Answer, error) {
				return gateway.Answer{Response: provider.Response{Text: c.text}}, nil
			}
			run, attempt := h.single(t, n)
			n.await(t, run, completed)
			d, err := n.Attempt(h.owner(t.Context()), attempt)
			if err != nil || d.Verdict != c.want || d.Reason == "" || d.Rule == "" {
				t.Errorf("got %s, reason %q, rule %q, %v", d.Verdict, d.Reason, d.Rule, err)
			}
		})
	}
}
