package openai

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/provider/providertest"
)

func client(t *testing.T) *Client {
	c := New(Options{Wait: 1500 * time.Millisecond, Idle: 1500 * time.Millisecond})
	t.Cleanup(c.Close)
	return c
}

func TestTheClientPassesTheSuite(t *testing.T) {
	t.Parallel()
	providertest.Run(t, client(t), providertest.OpenAI())
}

func TestOddDetailsOfServersAreTakenAsMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, text, reason string }{
		"content in parts":         {`{"choices":[{"delta":{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]},"finish_reason":"stop"}]}`, "Hello", "stop"},
		"a refusal":                {`{"choices":[{"message":{"content":null,"refusal":"I will not."},"finish_reason":"stop"}]}`, "I will not.", "stop"},
		"a second choice":          {`{"choices":[{"index":1,"message":{"content":"no"}},{"index":0,"message":{"content":"yes"},"finish_reason":"stop"}]}`, "yes", "stop"},
		"an error of null":         {`{"error":null,"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}`, "yes", "stop"},
		"a count that is a string": {`{"usage":"many","choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}`, "yes", "stop"},
		"a spaced-out object":      {"{\n \"choices\": [\n {\"message\": {\"content\": \"yes\"},\n \"finish_reason\": \"stop\"}]\n}", "yes", "stop"},
		"data on several lines":    {"data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"yes\"},\ndata: \"finish_reason\":\"stop\"}]}\n\ndata: [DONE]", "yes", "stop"},
		"named events":             {"event: message\nid: 4\nretry: 9\ndata:{\"choices\":[{\"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}\n\n", "yes", "stop"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, c.body) }))
			defer srv.Close()
			got, err := client(t).Complete(t.Context(), provider.Endpoint{BaseURL: srv.URL}, providertest.Ask(), nil)
			if err != nil || got.Text != c.text || got.FinishReason != c.reason {
				t.Errorf("got %q (%s) and %v, want %q (%s)", got.Text, got.FinishReason, err, c.text, c.reason)
			}
		})
	}
}

func TestReasoningThatIsNotShownIsCountedAsOutput(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"reasoning_content\":%q}}]}\n\n", strings.Repeat("x", 396))
		fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{\"content\":\"four\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	defer srv.Close()
	got, err := client(t).Complete(t.Context(), provider.Endpoint{BaseURL: srv.URL}, providertest.Ask(), nil)
	if err != nil || got.Text != "four" || got.OutputTokens != 100 || !got.UsageEstimated {
		t.Errorf("got %q of %d tokens and %v, want four of 100", got.Text, got.OutputTokens, err)
	}
}

func TestOnlyOpenAIItselfIsSentTheNewNameOfTheTokenLimit(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{
		"https://api.openai.com/v1": true, "https://us.openai.azure.com/openai/v1": true,
		"http://127.0.0.1:11434/v1": false, "https://api.openai.com.example.com/v1": false,
	} {
		w := wire(provider.Endpoint{BaseURL: base}, providertest.Ask())
		if got := w.MaxCompletionTokens == 64 && w.MaxTokens == 0; got != want {
			t.Errorf("%s: got %v, want %v", base, got, want)
		}
	}
}

// endTeller is a transport whose answer tells when its very end was read, which
// is what keeps a connection for the next request.
type endTeller struct {
	body io.Reader
	read bool
}

func (e *endTeller) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(e.body, e)), Request: r}, r.Body.Close()
}

func (e *endTeller) Read([]byte) (int, error) {
	e.read = true
	return 0, io.EOF
}

func TestAnAnswerIsReadToItsEndSoThatTheConnectionIsKept(t *testing.T) {
	t.Parallel()
	w := providertest.OpenAI()
	e := &endTeller{body: strings.NewReader(w.Delta("Hello") + w.Finish("stop") + w.Done)}
	_, err := New(Options{Transport: e}).Complete(t.Context(), provider.Endpoint{BaseURL: "http://example.com/v1"}, providertest.Ask(), nil)
	if err != nil || !e.read {
		t.Errorf("got %v, the end read: %v", err, e.read)
	}
}

func TestAnAccountWithoutCreditIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, providertest.OpenAI().Failure("insufficient_quota", "check your plan"))
	}))
	defer srv.Close()
	_, err := client(t).Complete(t.Context(), provider.Endpoint{BaseURL: srv.URL}, providertest.Ask(), nil)
	e, ok := err.(*provider.Error)
	if !ok || e.Retryable || e.Status != 429 {
		t.Errorf("got %v, want a 429 that is not retryable", err)
	}
}

func TestAnEndpointNeverPrintsItsKey(t *testing.T) {
	t.Parallel()
	to := provider.Endpoint{BaseURL: "http://x/v1", Key: providertest.Key}
	if got := fmt.Sprintf("%v %+v %#v %s", to, to, to, to); strings.Contains(got, providertest.Key) {
		t.Errorf("got %s", got)
	}
}
