package humaneval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// mostKeys bounds the fields of one object; the format has five.
const mostKeys = 1000

func blank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// checkText names the first byte of the line that no JSON text may hold.
func (s *set) checkText(l line) bool {
	if i := bytes.IndexByte(l.text, 0); i >= 0 {
		s.faults.add(l.number, "NUL byte at byte %d of the line (byte %d of the file)", i+1, l.offset+i+1)
		return false
	}
	if utf8.Valid(l.text) {
		return true
	}
	i := 0
	for {
		r, size := utf8.DecodeRune(l.text[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	s.faults.add(l.number, "not UTF-8 at byte %d of the line (byte %d of the file)", i+1, l.offset+i+1)
	return false
}

// decode reads the object of a line into p and checks it; it reports whether all
// is well.
func (s *set) decode(l line, p *Problem) bool {
	before := len(s.faults.Entries)
	if s.syntax(l) && s.object(l, p) {
		s.check(l.number, p)
	}
	return len(s.faults.Entries) == before
}

func (s *set) syntax(l line) bool {
	var raw json.RawMessage
	err := json.Unmarshal(l.text, &raw)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		end := min(max(int(syntax.Offset)-1, 0), len(l.text))
		s.faults.add(l.number, "broken JSON at column %d: %v", utf8.RuneCount(l.text[:end])+1, err)
	} else if err != nil {
		s.faults.add(l.number, "broken JSON: %v", err)
	}
	return err == nil
}

// object walks the fields of a line that is known to be valid JSON.
func (s *set) object(l line, p *Problem) bool {
	if kind := kindOf(bytes.TrimSpace(l.text)); kind != "an object" {
		s.faults.add(l.number, "is %s, want one JSON object a line", kind)
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(l.text))
	if _, err := dec.Token(); err != nil {
		s.faults.add(l.number, "broken JSON: %v", err)
		return false
	}
	before, seen := len(s.faults.Entries), map[string]bool{}
	for dec.More() {
		if err := s.field(l.number, dec, p, seen); err != nil {
			s.faults.add(l.number, "%v", err)
			return false
		}
	}
	for _, f := range fields(p) {
		if !seen[f.name] {
			s.faults.add(l.number, "field %q is missing; want a string", f.name)
		}
	}
	return len(s.faults.Entries) == before
}

// field reads one key and its value. An error says that the rest of the line is
// not worth reading.
func (s *set) field(number int, dec *json.Decoder, p *Problem, seen map[string]bool) error {
	key, err := dec.Token()
	if err != nil {
		return fmt.Errorf("broken JSON: %w", err)
	}
	name, _ := key.(string) // the line is valid JSON, whose keys are strings
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return fmt.Errorf("broken JSON: %w", err)
	}
	if seen[name] {
		s.faults.add(number, "field %s stands twice; each may stand once", quote(name))
		return nil
	}
	if seen[name] = true; len(seen) > mostKeys {
		return fmt.Errorf("has more than %d fields", mostKeys)
	}
	for _, f := range fields(p) {
		if f.name == name {
			s.text(number, f, raw)
		}
	}
	return nil
}

// text reads the value of a field that must be a string.
func (s *set) text(number int, f field, raw json.RawMessage) {
	kind := kindOf(raw)
	if kind != "a string" {
		s.faults.add(number, "field %q is %s, want a string", f.name, kind)
		return
	}
	if err := json.Unmarshal(raw, f.value); err != nil {
		s.faults.add(number, "field %q: %v", f.name, err)
		return
	}
	switch v := *f.value; {
	case strings.TrimSpace(v) == "":
		s.faults.add(number, "field %q is empty; want %s", f.name, f.want)
	case len(v) > s.limits.Field:
		s.faults.add(number, "field %q is %d bytes long; want at most %s", f.name, len(v), size(s.limits.Field))
	case strings.ContainsRune(v, 0):
		s.faults.add(number, "field %q holds a NUL character; want text", f.name)
	}
}

// field is one of the five strings of a problem.
type field struct {
	name  string
	value *string
	want  string
}

func fields(p *Problem) [5]field {
	return [5]field{
		{"task_id", &p.TaskID, "a name that no other line has"},
		{"prompt", &p.Prompt, "Python text that ends in the function's signature and docstring"},
		{"canonical_solution", &p.Solution, "the body of the function"},
		{"test", &p.Test, "Python text that defines check(candidate)"},
		{"entry_point", &p.EntryPoint, "the name of the function"},
	}
}

// kindOf names the kind of a valid JSON value.
func kindOf(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
