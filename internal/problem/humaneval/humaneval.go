// Package humaneval reads problem sets in the HumanEval JSONL format: one JSON
// object a line with the strings task_id, prompt, canonical_solution, test and
// entry_point. Nothing is taken from a file that has a fault anywhere.
package humaneval

import (
	"errors"
	"io"
)

// Problem is one line of a problem set.
type Problem struct {
	TaskID     string
	Prompt     string // imports, helpers, the signature and its docstring
	Solution   string // the body that completes Prompt
	Test       string // defines check(candidate)
	EntryPoint string // the name of the function that Prompt declares
	Line       int    // where it stood, from 1
}

// Limits bounds what is read; a zero field stands for its default. Sizes are in
// bytes, those of a compressed file after it is unpacked.
type Limits struct {
	Field int // of one text: 1 MB
	Line  int // of one line: 16 MB
	Lines int // number of lines: 100,000
	Total int // of the whole file: 256 MB
}

const megabyte = 1 << 20

func (l Limits) orDefaults() Limits {
	for _, d := range []struct {
		field    *int
		fallback int
	}{{&l.Field, megabyte}, {&l.Line, 16 * megabyte}, {&l.Lines, 100_000}, {&l.Total, 256 * megabyte}} {
		if *d.field <= 0 {
			*d.field = d.fallback
		}
	}
	return l
}

// Read reads a problem set, plain or compressed by gzip. What is wrong with the
// content comes back as *Faults, which lists up to 20 entries with their lines,
// and no problem with it; an error of r itself is returned wrapped.
func Read(r io.Reader, limits Limits) ([]Problem, error) {
	limits = limits.orDefaults()
	s := set{limits: limits, lineOf: map[string]int{}}
	in, err := open(r)
	if err == nil {
		err = s.readAll(&lines{in: in, limits: limits})
	}
	var stop *stopFault
	if errors.As(err, &stop) {
		s.faults.add(stop.line, "%s", stop.text)
	} else if err != nil {
		return nil, err
	}
	if len(s.problems) == 0 && len(s.faults.Entries) == 0 {
		s.faults.add(0, "there is no problem in it; want one JSON object a line")
	}
	if len(s.faults.Entries) > 0 {
		return nil, &s.faults
	}
	return s.problems, nil
}

// set collects the problems and faults of one file.
type set struct {
	limits   Limits
	problems []Problem
	lineOf   map[string]int // of each task_id
	faults   Faults
}

func (s *set) readAll(in *lines) error {
	for !s.faults.full() {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if line.tooLong {
			s.faults.add(line.number, "is over %s long", size(s.limits.Line))
			continue
		}
		s.readLine(line)
	}
	return nil
}

func (s *set) readLine(line line) {
	if blank(line.text) {
		return
	}
	p := Problem{Line: line.number}
	ok := s.checkText(line) && s.decode(line, &p)
	if p.TaskID != "" {
		if first, taken := s.lineOf[p.TaskID]; taken {
			s.faults.add(line.number, "task_id %s is taken by line %d; each may stand once", quote(p.TaskID), first)
		} else {
			s.lineOf[p.TaskID] = line.number
		}
	}
	// Once there is a fault nothing will be returned, so nothing more is kept.
	if ok && len(s.faults.Entries) == 0 {
		s.problems = append(s.problems, p)
	}
}
