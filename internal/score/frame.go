package score

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// errFrame is returned for a frame that is longer than it may be.
var errFrame = errors.New("a message is too long")

// writeFrame sends the parts as one frame: four bytes of length, then the content.
func writeFrame(w io.Writer, parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+n), uint32(n))
	for _, p := range parts {
		frame = append(frame, p...)
	}
	if _, err := w.Write(frame); err != nil {
		return fmt.Errorf("send a message: %w", err)
	}
	return nil
}

// readFrame receives one frame of at most limit bytes.
func readFrame(r *bufio.Reader, limit int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("receive a message: %w", err)
	}
	n := int(binary.BigEndian.Uint32(head[:]))
	if n > limit {
		return nil, errFrame
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("receive a message: %w", err)
	}
	return body, nil
}
