package openai

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/assay-bench/assay/internal/provider"
)

const (
	maxMessage = 500
	maxRefusal = 64 << 10
	maxWait    = 24 * time.Hour
)

// refused reads an answer whose status is no success.
func (k *call) refused() error {
	raw, _ := io.ReadAll(io.LimitReader(k.body, maxRefusal))
	e := k.reported(raw, k.status)
	e.RetryAfter = retryAfter(k.head, time.Now())
	if k.status/100 == 3 {
		e.Code, e.Message = provider.Redirected, "the endpoint redirects, which is not followed; enter the address that it points to"
	}
	return e
}

// reported makes an error of an error object in any of the known shapes, or of
// whatever else raw is.
func (k *call) reported(raw []byte, status int) *provider.Error {
	code, text, inner := errorObject(raw)
	if status/100 == 2 {
		status = inner
	}
	e := &provider.Error{Status: status, Code: code, Message: k.say(text)}
	switch {
	case slices.Contains([]string{"insufficient_quota", "billing_hard_limit_reached"}, code):
	case status == 0:
		// The request had been accepted, so this is most likely the server's
		// trouble, unless it says otherwise.
		e.Retryable = !slices.ContainsFunc(finalCodes, func(word string) bool { return strings.Contains(code, word) })
	default:
		e.Retryable = retryable(status)
	}
	if e.Code == "" {
		e.Code = "error"
	}
	if e.Message == "" {
		e.Message = cmp.Or(http.StatusText(status), "no reason given")
	}
	return e
}

// finalCodes are words in the codes of failures that no repetition mends.
var finalCodes = []string{"invalid", "not_found", "unsupported", "context_length", "content_filter", "authentication", "permission"}

func retryable(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// errorObject finds code, text and status in an error body: OpenAI's object, a
// list of them, a bare string, FastAPI's detail, or no JSON at all.
func errorObject(raw []byte) (code, text string, status int) {
	raw = bytes.TrimSpace(raw)
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		raw = list[0]
	}
	var o struct {
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message string          `json:"message"`
		Type    string          `json:"type"`
		Code    any             `json:"code"`
		Status  any             `json:"status"`
	}
	if json.Unmarshal(raw, &o) != nil && o.Error == nil {
		return "", string(raw), 0
	}
	switch {
	case len(o.Error) > 0 && o.Error[0] == '{':
		return errorObject(o.Error)
	case len(o.Error) > 0 && !bytes.Equal(o.Error, []byte("null")):
		return "", unquote(o.Error), 0
	case len(o.Detail) > 0:
		return "", unquote(o.Detail), 0
	}
	for _, v := range []any{o.Code, o.Status} {
		if n, ok := v.(float64); ok && n >= 100 && n < 600 {
			status = int(n)
		}
	}
	code, _ = o.Code.(string)
	if n, err := strconv.Atoi(code); err == nil && n >= 100 && n < 600 {
		code, status = "", n
	}
	if code == "" {
		code = o.Type
	}
	if o.Message == "" {
		o.Message = string(raw)
	}
	return clean(code), o.Message, status
}

func unquote(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// broken says why nothing, or nothing more, can be read.
func (k *call) broken(err error, code string) error {
	e := &provider.Error{Code: code, Retryable: true, Err: err}
	switch {
	case errors.Is(context.Cause(k.ctx), errSilent):
		e.Code, e.Message, e.Err = provider.Silent, errSilent.Error(), errSilent
		return e
	case errors.Is(k.ctx.Err(), context.DeadlineExceeded):
		e.Code, e.Message, e.Err = provider.Overdue, "the answer took longer than the time for it", context.DeadlineExceeded
		return e
	case k.ctx.Err() != nil:
		return &provider.Error{Code: provider.Cancelled, Message: "the request was given up", Err: k.ctx.Err()}
	}
	// The URL around the cause says nothing new and may be long.
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	e.Message = k.say(err.Error())
	return e
}

func (k *call) garbled(raw []byte) error {
	if len(raw) > maxRefusal {
		raw = raw[:maxRefusal]
	}
	return &provider.Error{Code: provider.Garbled, Retryable: true,
		Message: k.say(fmt.Sprintf("the answer is not in the chat-completions format: %s", raw))}
}

func (k *call) oversized(limit int) error {
	return &provider.Error{Code: provider.Oversized, Message: fmt.Sprintf("the answer is larger than %d MB", limit>>20)}
}

// say makes a provider's words fit to be stored and shown: without the key, in
// one line, at most 500 characters.
func (k *call) say(text string) string {
	if k.to.Key != "" {
		text = strings.ReplaceAll(text, k.to.Key, "[key]")
		quoted, _ := json.Marshal(k.to.Key)
		text = strings.ReplaceAll(text, strings.Trim(string(quoted), `"`), "[key]")
	}
	text = clean(text)
	if utf8.RuneCountInString(text) > maxMessage {
		text = string([]rune(text)[:maxMessage-1]) + "…"
	}
	return text
}

// clean returns text as one line of printable characters.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "�"))
	return strings.Join(strings.Fields(text), " ")
}

// retryAfter reads how long to wait from the headers, at most a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		return bounded(ms / 1000)
	}
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		return bounded(s)
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	// The server's own clock, where it is told, is the one that it counts by.
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return bounded(until.Sub(now).Seconds())
}

func bounded(seconds float64) time.Duration {
	if math.IsNaN(seconds) || seconds <= 0 {
		return 0
	}
	return time.Duration(min(seconds, maxWait.Seconds()) * float64(time.Second))
}
