package provider

import (
	"context"
	"fmt"
	"time"
)

// Endpoint is the place that a request goes to: the base of an API and the key
// for it.
type Endpoint struct {
	BaseURL string        // without the method's own path, as http://127.0.0.1:11434/v1
	Key     string        // sent as a bearer token; empty for none
	Timeout time.Duration // for one whole request; 0 means ten minutes
}

// String returns the endpoint without its key, so that no log can show it.
func (e Endpoint) String() string { return e.BaseURL }

// GoString does for %#v what String does for %v.
func (e Endpoint) GoString() string { return fmt.Sprintf("provider.Endpoint{%q}", e.BaseURL) }

// The roles that a message can have.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// Message is one turn of a conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Request asks one model once. What is nil or zero is left to the provider.
type Request struct {
	Model       string
	Messages    []Message
	Temperature *float64
	MaxTokens   int
	Seed        *int64
}

// Response is what a model answered, and what it took.
type Response struct {
	Text           string // valid UTF-8 without NUL, otherwise as the model gave it
	Model          string // the name that the provider answered under
	FinishReason   string // in the provider's words: stop, length, content_filter
	InputTokens    int64
	OutputTokens   int64
	CachedTokens   int64         // the part of InputTokens that the provider had cached
	UsageEstimated bool          // the provider did not count, so that four characters were taken for a token
	Latency        time.Duration // from the sending of the request to the last of the answer
	FirstToken     time.Duration // from the sending of the request to the first text; 0 if there was none
	Truncated      bool          // the text went on past the adapter's limit
}

// Adapter speaks one provider's wire format. It asks once and never repeats a
// request: who calls it decides about that by the Error it gets.
type Adapter interface {
	// Complete sends req and returns the whole answer. While it arrives onText,
	// unless nil, is called with each further piece of its text, from the calling
	// goroutine. A failure is an *Error; the Response beside it holds what had
	// arrived by then.
	Complete(ctx context.Context, to Endpoint, req Request, onText func(delta string)) (Response, error)
	// Models returns the sorted names of the models on offer. A failure is an
	// *Error.
	Models(ctx context.Context, to Endpoint) ([]string, error)
}

// The codes of failures that no provider reported: the adapter noticed them.
const (
	Unreachable  = "unreachable"  // no connection, or it broke before an answer began
	Silent       = "silent"       // connected, but not a byte for too long
	Cut          = "cut"          // the answer ended before its end
	Garbled      = "garbled"      // the answer is not in the provider's format
	Oversized    = "oversized"    // the answer is larger than anything one could use
	Overdue      = "overdue"      // the time for the whole request is used up
	Cancelled    = "cancelled"    // the caller gave up
	Redirected   = "redirected"   // the endpoint points elsewhere; nothing is followed
	Misaddressed = "misaddressed" // the endpoint or the request cannot be sent as it is
)

// Error is a request that failed. Its text carries what the provider said, in
// one line of at most 500 characters, and never the key.
type Error struct {
	Status     int    // the HTTP status, also of an error inside a stream; 0 if there was none
	Code       string // the provider's code or type, or one of the codes above
	Message    string
	RetryAfter time.Duration // how long the provider asks to wait; 0 if it does not say
	Retryable  bool          // the same request can succeed later
	Err        error         // the cause, for errors.Is
}

// Error returns what failed in one line.
func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("provider answered %d (%s): %s", e.Status, e.Code, e.Message)
	}
	return fmt.Sprintf("provider %s: %s", e.Code, e.Message)
}

// Unwrap returns the cause, if there is one.
func (e *Error) Unwrap() error { return e.Err }
