package humaneval

import (
	"strings"
	"unicode"
)

// longestName bounds what is shown as a name in tables and URLs.
const longestName = 200

// check looks at what a problem says, after its types are known to be right.
func (s *set) check(number int, p *Problem) {
	if len(p.TaskID) > longestName || strings.ContainsFunc(p.TaskID, func(r rune) bool { return !unicode.IsPrint(r) }) {
		s.faults.add(number, "task_id %s is no name; want one line of at most %d bytes", quote(p.TaskID), longestName)
	}
	switch {
	case !identifier(p.EntryPoint):
		s.faults.add(number, "entry_point %s is no Python identifier; want the name of the function", quote(p.EntryPoint))
	case !defines(p.Prompt, p.EntryPoint):
		s.faults.add(number, "entry_point %s is not defined in the prompt; want a line \"def %s(\" in it", quote(p.EntryPoint), p.EntryPoint)
	}
	if !defines(p.Test, "check") {
		s.faults.add(number, "test does not define check; want a line \"def check(candidate):\" in it")
	}
}

// identifier tells whether Python takes name for a name that may be defined.
func identifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	_, reserved := keywords[name]
	return name != "" && !reserved
}

// keywords are Python's reserved words.
// Source: The Python Language Reference, section 2.3.1.
var keywords = map[string]struct{}{
	"False": {}, "None": {}, "True": {}, "and": {}, "as": {}, "assert": {}, "async": {}, "await": {},
	"break": {}, "class": {}, "continue": {}, "def": {}, "del": {}, "elif": {}, "else": {}, "except": {},
	"finally": {}, "for": {}, "from": {}, "global": {}, "if": {}, "import": {}, "in": {}, "is": {},
	"lambda": {}, "nonlocal": {}, "not": {}, "or": {}, "pass": {}, "raise": {}, "return": {}, "try": {},
	"while": {}, "with": {}, "yield": {},
}

// defines tells whether a line of text begins with the definition of the
// function called name.
func defines(text, name string) bool {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(line, "async "), "def ")
		if !ok {
			continue
		}
		rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), name)
		if ok && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "(") {
			return true
		}
	}
	return false
}
