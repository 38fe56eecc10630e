package humaneval

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// stopFault is a fault of the content after which nothing more can be read.
type stopFault struct {
	line int
	text string
}

func (s *stopFault) Error() string { return s.text }

func stopped(line int, format string, args ...any) error {
	return &stopFault{line, fmt.Sprintf(format, args...)}
}

// open unpacks gzip, skips a UTF-8 mark and refuses other encodings.
func open(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, readError(0, err)
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	}
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(0, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, stopped(1, "is UTF-16 (it begins with that byte order mark); save the file as UTF-8")
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = in.Discard(3) // three bytes were just peeked
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, stopped(0, "the file is a zip archive; want JSON lines, plain or compressed by gzip")
	}
	return in, nil
}

// line is one line without its end. Its text is only good until the next one.
type line struct {
	number  int
	offset  int // of its first byte in the unpacked file, a UTF-8 mark left out
	text    []byte
	tooLong bool
}

// lines cuts a file into lines and never holds more than one of them.
type lines struct {
	in     *bufio.Reader
	limits Limits
	number int
	read   int
	held   []byte
}

// next returns the next line, or io.EOF after the last.
func (l *lines) next() (line, error) {
	out := line{number: l.number + 1, offset: l.read}
	l.held = l.held[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.read += len(part)
		if l.read > l.limits.Total {
			return line{}, stopped(out.number, "the file is over %s", size(l.limits.Total))
		}
		if out.tooLong = out.tooLong || len(l.held)+len(part) > l.limits.Line; !out.tooLong {
			l.held = append(l.held, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && l.read == out.offset:
			return line{}, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return line{}, readError(out.number, err)
		}
		break
	}
	if l.number++; l.number > l.limits.Lines {
		return line{}, stopped(l.number, "the file has more than %d lines", l.limits.Lines)
	}
	out.text = bytes.TrimRight(l.held, "\r\n")
	return out, nil
}

// readError tells damage of the content from trouble of the reader.
func readError(number int, err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return stopped(number, "the gzip file is cut off here; copy it again")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return stopped(number, "the gzip file is damaged here (%v); copy it again", err)
	}
	return fmt.Errorf("read problem set at line %d: %w", number, err)
}
