package simulated

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Item is a problem that the models know.
type Item struct {
	ID         string
	Prompt     string // the code that is to be continued, as it stands in the request
	Reference  string // its continuation, or a whole program that defines EntryPoint
	EntryPoint string
	Test       string // only handed on to the Judge
}

// Source finds the problem that a message is about.
type Source interface {
	Lookup(message string) (Item, bool)
}

// Judge tells whether code, a whole program without its tests, passes item's
// tests. An error that wraps ErrSyntax says that it is no valid program; any
// other one, that the question could not be settled.
type Judge func(ctx context.Context, item Item, code string) (passes bool, err error)

// ErrSyntax is what a Judge returns for code that does not compile.
var ErrSyntax = errors.New("not a valid program")

// Index is a Source over a list of problems. The zero value is empty and ready
// for use, also from several goroutines at once.
type Index struct {
	mu       sync.RWMutex
	byHash   map[[32]byte]Item
	byEntry  map[string][]Item // those whose prompt names the entry point
	nameless []Item            // the others
}

// Add puts items into the index; one with the prompt of an earlier one takes its
// place. An item without a prompt is left out.
func (x *Index) Add(items ...Item) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, item := range items {
		x.add(item)
	}
}

// Replace makes items the whole content of the index, in one step.
func (x *Index) Replace(items []Item) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.byHash, x.byEntry, x.nameless = nil, nil, nil
	for _, item := range items {
		x.add(item)
	}
}

func (x *Index) add(item Item) {
	text := normal(item.Prompt)
	if text == "" {
		return
	}
	if x.byHash == nil {
		x.byHash, x.byEntry = map[[32]byte]Item{}, map[string][]Item{}
	}
	sum := sha256.Sum256([]byte(text))
	if old, ok := x.byHash[sum]; ok {
		same := func(i Item) bool { return normal(i.Prompt) == text }
		x.byEntry[old.EntryPoint] = slices.DeleteFunc(x.byEntry[old.EntryPoint], same)
		x.nameless = slices.DeleteFunc(x.nameless, same)
	}
	x.byHash[sum] = item
	if item.EntryPoint != "" && named(text, item.EntryPoint) {
		x.byEntry[item.EntryPoint] = append(x.byEntry[item.EntryPoint], item)
	} else {
		x.nameless = append(x.nameless, item)
	}
}

// Len returns how many problems the index holds.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byHash)
}

// Lookup returns the problem whose prompt is message, or a fenced block of it,
// or stands anywhere in it; the longest one if there are several. White space at
// the ends and the kind of line break do not matter.
func (x *Index) Lookup(message string) (Item, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	message = normal(message)
	for i, block := range strings.Split("\n"+message, "\n```") {
		if i > 0 {
			_, block, _ = strings.Cut(block, "\n") // the rest of the fence's line
		}
		if item, ok := x.byHash[sha256.Sum256([]byte(strings.TrimSpace(block)))]; ok {
			return item, true
		}
	}
	candidates, seen := slices.Clone(x.nameless), map[string]bool{}
	for word := range words(message) {
		if items := x.byEntry[word]; len(items) > 0 && !seen[word] {
			seen[word], candidates = true, append(candidates, items...)
		}
	}
	candidates = slices.DeleteFunc(candidates, func(i Item) bool { return !strings.Contains(message, normal(i.Prompt)) })
	if len(candidates) == 0 {
		return Item{}, false
	}
	return slices.MaxFunc(candidates, func(a, b Item) int { return cmp.Compare(len(a.Prompt), len(b.Prompt)) }), true
}

func normal(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// words yields the identifiers of text.
func words(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func named(text, entry string) bool {
	for word := range words(text) {
		if word == entry {
			return true
		}
	}
	return false
}
