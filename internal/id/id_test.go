package id

import (
	"testing"
	"time"
)

func TestAnIDCarriesItsBirth(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 891_000_000, time.UTC)
	v := At(at)
	if got := Time(v); !got.Equal(at) {
		t.Errorf("time of id: got %s, want %s", got, at)
	}
	if got := v.Version(); got != 7 {
		t.Errorf("version: got %d, want 7", got)
	}
	if age := time.Since(Time(New())); age < -time.Second || age > time.Minute {
		t.Errorf("a new id was born %s ago", age)
	}
}

func TestParseTakesOnlyTheCanonicalForm(t *testing.T) {
	t.Parallel()
	v := New()
	if got, ok := Parse(v.String()); !ok || got != v {
		t.Errorf("canonical form: got %s, %t", got, ok)
	}
	for _, s := range []string{"", "x", "{" + v.String() + "}", "urn:uuid:" + v.String(), "019A0000-0000-7000-8000-00000000ABCD"} {
		if _, ok := Parse(s); ok {
			t.Errorf("%q was taken for an id", s)
		}
	}
}
