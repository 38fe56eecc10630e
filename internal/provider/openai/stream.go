package openai

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/assay-bench/assay/internal/provider"
)

// read takes the answer in whichever form it comes. The form is told by its
// first byte, because servers often name the wrong content type.
func (a *answer) read() error {
	in := bufio.NewReaderSize(a.call.body, 32<<10)
	first, err := firstByte(in)
	switch {
	case errors.Is(err, io.EOF):
		return &provider.Error{Code: provider.Cut, Message: "the answer is empty", Retryable: true, Err: io.ErrUnexpectedEOF}
	case err != nil:
		return a.call.broken(err, provider.Cut)
	case first == '{' || first == '[':
		return a.readWhole(in)
	case first == '<':
		page, _ := in.Peek(in.Buffered())
		return a.call.garbled(page)
	}
	return a.readEvents(in)
}

// firstByte skips a byte order mark and white space.
func firstByte(in *bufio.Reader) (byte, error) {
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if bytes.IndexByte([]byte(" \t\r\n\xef\xbb\xbf"), b) < 0 {
			return b, in.UnreadByte()
		}
	}
}

func (a *answer) readWhole(in io.Reader) error {
	raw, err := a.call.wholeOf(in, a.limit())
	if err != nil {
		return err
	}
	if err := a.take(raw); err != nil {
		return err
	}
	if !a.chosen {
		return a.call.garbled(raw)
	}
	return nil
}

// limit is more than any answer needs whose text is as long as allowed, even
// with every letter of it escaped.
func (a *answer) limit() int { return 3*a.maxText + 1<<20 }

func (k *call) whole(limit int) ([]byte, error) { return k.wholeOf(k.body, limit) }

func (k *call) wholeOf(in io.Reader, limit int) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	switch {
	case err != nil:
		return nil, k.broken(err, provider.Cut)
	case len(raw) > limit:
		return nil, k.oversized(limit)
	}
	return bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), nil
}

// readEvents takes server-sent events until the answer is complete. The reader
// is our own because servers of this family end events with a single line
// break as often as with two, and because an event of megabytes has to be read
// in time linear to its size.
func (a *answer) readEvents(in *bufio.Reader) error {
	var pending []byte
	lines := 0
	for {
		line, err := readLine(in, a.limit())
		if errors.Is(err, errTooLong) || len(pending) > a.limit() {
			return a.call.oversized(a.limit())
		}
		data, more := bytes.CutPrefix(line, []byte("data:"))
		if more {
			pending = append(append(pending, data...), '\n')
			lines++
		}
		if len(pending) > 0 && (more && lines == 1 && complete(data) || len(line) == 0 || err != nil) {
			stop, err := a.event(bytes.TrimSpace(pending), err != nil)
			if stop || err != nil {
				return err
			}
			pending, lines = pending[:0], 0
		}
		if err != nil {
			return a.ended(err)
		}
	}
}

// complete tells whether one line of data is an event by itself.
func complete(data []byte) bool {
	return bytes.Equal(bytes.TrimSpace(data), []byte("[DONE]")) || json.Valid(data)
}

// event takes the data of one event and tells whether it was the last one that
// matters. The last event before the end of the stream may be a torso.
func (a *answer) event(data []byte, last bool) (stop bool, err error) {
	switch {
	case len(data) == 0:
		return false, nil
	case bytes.Equal(data, []byte("[DONE]")):
		if !a.chosen {
			return true, a.call.garbled([]byte("[DONE] without an answer"))
		}
		return true, nil
	case last && !json.Valid(data):
		return false, nil
	}
	err = a.take(data)
	return a.out.Truncated, err
}

// ended judges a stream that stopped without [DONE]: some servers never send
// it, but none leaves out why it finished.
func (a *answer) ended(err error) error {
	switch {
	case !errors.Is(err, io.EOF):
		return a.call.broken(err, provider.Cut)
	case a.out.FinishReason != "":
		return nil
	}
	return &provider.Error{Code: provider.Cut, Message: "the answer ended before its end", Retryable: true, Err: io.ErrUnexpectedEOF}
}

var errTooLong = errors.New("line too long")

// readLine returns a line without its break; at the end of the input it returns
// what is left together with the error.
func readLine(in *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if line == nil && err == nil {
			return bytes.TrimRight(part, "\r\n"), nil
		}
		line = append(line, part...)
		if len(line) > limit {
			return nil, errTooLong
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), err
		}
	}
}
