// Package fault gives errors a kind and a sentence that a person may read.
package fault

import (
	"errors"
	"fmt"
	"net/http"
)

// Kind says what sort of thing went wrong; each surface maps it to its own code.
type Kind string

// The kinds of fault.
const (
	Invalid     Kind = "invalid"     // what was sent cannot be used as it is
	Unsigned    Kind = "unsigned"    // nobody is signed in
	Forbidden   Kind = "forbidden"   // somebody is signed in who may not
	NotFound    Kind = "not_found"   // there is no such thing, or it is another org's
	Conflict    Kind = "conflict"    // it does not fit the state that things are in
	TooLarge    Kind = "too_large"   // more than the stated limit
	Limited     Kind = "limited"     // too many at once or too soon
	Unavailable Kind = "unavailable" // something that is needed is not there now
	Internal    Kind = "internal"    // a defect; the sentence is not for people
)

// Fault is an error with a kind and a sentence for people: lower case, what was
// wrong, where, and what to do next.
type Fault struct {
	Kind Kind
	Text string
	Err  error
}

// New returns a fault of the given kind whose text is formatted as by
// fmt.Errorf; an error passed with %w stays reachable for errors.Is.
func New(kind Kind, format string, args ...any) *Fault {
	err := fmt.Errorf(format, args...)
	return &Fault{Kind: kind, Text: err.Error(), Err: errors.Unwrap(err)}
}

// Error returns the sentence.
func (f *Fault) Error() string { return f.Text }

// Unwrap returns the cause, if one was given.
func (f *Fault) Unwrap() error { return f.Err }

// KindOf returns the kind of the first fault in err's chain, Internal if there
// is none, and "" for nil.
func KindOf(err error) Kind {
	var f *Fault
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f):
		return f.Kind
	}
	return Internal
}

// Sentence returns what a person may read about err: the text of its fault, or
// "something went wrong" for everything that is no fault.
func Sentence(err error) string {
	var f *Fault
	if errors.As(err, &f) && f.Kind != Internal {
		return f.Text
	}
	return "something went wrong"
}

// Status returns the HTTP status of err: 200 for nil.
func Status(err error) int {
	switch KindOf(err) {
	case "":
		return http.StatusOK
	case Invalid:
		return http.StatusUnprocessableEntity
	case Unsigned:
		return http.StatusUnauthorized
	case Forbidden:
		return http.StatusForbidden
	case NotFound:
		return http.StatusNotFound
	case Conflict:
		return http.StatusConflict
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case Limited:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
