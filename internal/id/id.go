// Package id makes the time-ordered identifiers that every row carries.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// ID is a UUIDv7: its first 48 bits are the milliseconds since 1970, so ids
// sort by birth and tell the partition that holds their row.
type ID = uuid.UUID

// Nil is the id of nothing.
var Nil = uuid.Nil

// New returns a fresh id for the present moment.
func New() ID {
	return uuid.Must(uuid.NewV7())
}

// At returns a fresh id that was born at t, with millisecond precision.
func At(t time.Time) ID {
	var raw ID
	// crypto/rand.Read never returns an error: the runtime ends the process instead.
	_, _ = rand.Read(raw[:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(t.UnixMilli()))
	copy(raw[:6], ms[2:])
	raw[6] = raw[6]&0x0f | 0x70
	raw[8] = raw[8]&0x3f | 0x80
	return raw
}

// Time returns the moment, in UTC and to the millisecond, at which v was born.
func Time(v ID) time.Time {
	var ms [8]byte
	copy(ms[2:], v[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))).UTC()
}

// Parse reads an id in its canonical text form. The second result is false for
// anything else, braces and urn: prefixes included, so that one row has one URL.
func Parse(s string) (ID, bool) {
	v, err := uuid.Parse(s)
	if err != nil || len(s) != 36 || v.String() != s {
		return Nil, false
	}
	return v, true
}
