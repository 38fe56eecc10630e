// Package openai speaks the chat-completions format that OpenAI began and that
// Ollama, vLLM, LM Studio, Groq, OpenRouter and many others answer to.
package openai

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/assay-bench/assay/internal/provider"
)

// Options are the limits of a Client. The zero value is right for use.
type Options struct {
	Wait      time.Duration     // for the first byte of an answer, when a model may be loading; 0 means two minutes
	Idle      time.Duration     // between two bytes of an answer; 0 means 30 seconds
	MaxText   int               // bytes of answer text that are kept; 0 means 8 MB
	Transport http.RoundTripper // how to get there; nil means a transport of its own with kept connections
}

// Client is an adapter for every endpoint that speaks the format. It is safe
// for concurrent use and holds no key.
type Client struct {
	http       *http.Client
	wait, idle time.Duration
	maxText    int
}

var _ provider.Adapter = (*Client)(nil)

const (
	wholeRequest = 10 * time.Minute
	maxModels    = 16 << 20
)

// New returns a client with the given limits.
func New(o Options) *Client {
	if o.Transport == nil {
		o.Transport = transport()
	}
	c := &Client{wait: o.Wait, idle: o.Idle, maxText: o.MaxText, http: &http.Client{
		Transport: o.Transport,
		// A redirect would carry the prompt, and on the same host the key, to a
		// place that nobody chose.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if c.wait <= 0 {
		c.wait = 2 * time.Minute
	}
	if c.idle <= 0 {
		c.idle = 30 * time.Second
	}
	if c.maxText <= 0 {
		c.maxText = 8 << 20
	}
	return c
}

func transport() *http.Transport {
	dial := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dial.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		// A compressing server holds tokens back until a block is full.
		DisableCompression: true,
	}
}

// Close ends the kept connections. The client can still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Complete asks for a streamed answer, and takes one in a single piece if that
// is what the server gives.
func (c *Client) Complete(ctx context.Context, to provider.Endpoint, req provider.Request, onText func(string)) (provider.Response, error) {
	call, err := c.open(ctx, to, http.MethodPost, "chat/completions", wire(to, req))
	if err != nil {
		return provider.Response{}, err
	}
	defer call.close()
	a := newAnswer(call, c.maxText, onText)
	err = a.read()
	a.finish(req)
	if err == nil {
		call.drain()
	}
	return a.out, err
}

// call is one request under way.
type call struct {
	began  time.Time
	to     provider.Endpoint
	head   http.Header
	status int
	body   *idleReader
	ctx    context.Context
	cancel context.CancelCauseFunc
	end    context.CancelFunc
}

// open sends a request and returns the call once a 2xx answer has begun.
func (c *Client) open(ctx context.Context, to provider.Endpoint, method, path string, body any) (*call, error) {
	timeout := to.Timeout
	if timeout <= 0 {
		timeout = wholeRequest
	}
	k := &call{to: to}
	ctx, k.cancel = context.WithCancelCause(ctx)
	k.ctx, k.end = context.WithTimeout(ctx, timeout)
	r, err := request(k.ctx, to, method, path, body)
	if err != nil {
		k.close()
		return nil, err
	}
	k.began = time.Now()
	k.body = &idleReader{idle: c.idle, timer: time.AfterFunc(c.wait, func() { k.cancel(errSilent) })}
	resp, err := c.http.Do(r)
	if err != nil {
		defer k.close()
		return nil, k.broken(err, provider.Unreachable)
	}
	k.head, k.status, k.body.ReadCloser = resp.Header, resp.StatusCode, resp.Body
	if k.status/100 != 2 {
		defer k.close()
		return nil, k.refused()
	}
	return k, nil
}

func (k *call) close() {
	if k.body != nil {
		k.body.timer.Stop()
		if k.body.ReadCloser != nil {
			_ = k.body.Close()
		}
	}
	k.end()
	k.cancel(nil)
}

// drain reads what may follow the answer, so that the connection can be kept; a
// server that does not end its answer at once loses the connection instead.
func (k *call) drain() {
	k.body.idle = 100 * time.Millisecond
	_, _ = io.CopyN(io.Discard, k.body, 64<<10)
}

var errSilent = errors.New("no byte came for too long")

// idleReader cancels the call when one Read waits too long. Time that the
// caller takes between two reads does not count.
type idleReader struct {
	io.ReadCloser
	idle  time.Duration
	timer *time.Timer
	began bool
}

func (r *idleReader) Read(p []byte) (int, error) {
	if r.began {
		r.timer.Reset(r.idle)
	}
	n, err := r.ReadCloser.Read(p)
	r.timer.Stop()
	r.began = true
	return n, err
}
