package simulated

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// answer is what a model says, before max_tokens.
type answer struct {
	text   string
	reason string // finish_reason
}

// answer carries p out.
func (s *Server) answer(ctx context.Context, p plan, item Item) (answer, error) {
	if p.stub {
		return answer{fenced(p, item.Prompt+"    pass\n"), "stop"}, nil
	}
	right := solved(item)
	if p.right && p.odd == plainAnswer {
		return answer{hand(p, item, right), "stop"}, nil
	}
	if !p.right && p.odd != plainAnswer && p.odd != cutOff {
		return answer{p.without(item), "stop"}, nil
	}
	wrong, err := s.wrong.get(ctx, item, p.slot)
	switch {
	case err != nil:
		return answer{}, err
	case p.right:
		return answer{corrected(p, wrong, right), "stop"}, nil
	case p.odd == cutOff:
		return answer{torso(wrong, p.at), "length"}, nil
	}
	return answer{hand(p, item, wrong), "stop"}, nil
}

// without returns an answer that holds no Python.
func (p plan) without(item Item) string {
	switch p.odd {
	case onlyProse:
		return one(p.manner, prose)
	case otherLanguage:
		return fmt.Sprintf("Here you go:\n\n```javascript\nfunction %s(...args) {\n  return args.length > 0 ? args[0] : null;\n}\n```\n", item.EntryPoint)
	}
	return ""
}

var prose = []string{
	"I would walk through the input once and keep track of what has been seen so far. Could you tell me which version of Python you use?",
	"This can be solved in linear time. The important case is the empty input, for which there is nothing to do.",
	"I'm sorry, but I can't help with that.",
}

var intros = []string{
	"", "", "Here is the function:\n\n", "Here's a solution that handles the edge cases:\n\n", "Sure! This goes through the input once:\n\n",
}

var outros = []string{
	"", "", "\nThis runs in time linear in the input.\n", "\nLet me know if you would like tests for it.\n", "\nThe empty input needs no special care.\n",
}

var remarks = []string{"straightforward", "as the description says", "see the examples above", "nothing clever here"}

var fences = []string{"```python\n", "```python\n", "```python\n", "```py\n", "```\n"}

func one(dice *rand.Rand, from []string) string { return from[dice.IntN(len(from))] }

// hand puts a solution into the model's form, with differences that do not
// matter.
func hand(p plan, item Item, s solution) string {
	if s.head != "" && p.manner.Float64() < 0.3 {
		s.body = indentation(s.body) + "# " + one(p.manner, remarks) + "\n" + s.body
	}
	brief := p.manner.Float64() < 0.5
	switch {
	case p.form == continuation && s.head != "":
		return s.body
	case p.form == bare:
		return s.program()
	case p.form == function:
		return fenced(p, alone(s.program(), item.EntryPoint, brief))
	}
	return fenced(p, s.program())
}

func fenced(p plan, code string) string {
	return one(p.manner, intros) + one(p.manner, fences) + code + "```\n" + one(p.manner, outros)
}

// corrected returns an answer in two blocks, the last of which is right.
func corrected(p plan, wrong, right solution) string {
	return "A first attempt:\n\n```python\n" + wrong.program() + "```\n\nThat misses a case. Corrected:\n\n```python\n" + right.program() + "```\n"
}

// unfinished are the tokens that cannot end a program.
var unfinished = []string{"(", "[", "{", "=", "==", "<", ">", "<=", ">=", "+", "-", "*", "%", "+=", "-="}

// torso returns a fenced answer that stops where the line cannot end, so that it
// is no valid program.
func torso(s solution, at float64) string {
	code := s.program()
	lines, _ := scan(s.body)
	end, wanted := 0, int(at*float64(len(s.body)))
	for _, l := range lines {
		for _, t := range l.tokens {
			if slices.Contains(unfinished, t.text) && (end == 0 || t.to <= wanted) {
				end = t.to
			}
		}
	}
	if end == 0 {
		return "```python\n" + s.head + "\n    ("
	}
	return "```python\n" + code[:len(s.head)+end]
}

// alone returns the part of a program from the definition of entry on, or all of
// it when something before that may be needed. If brief, the docstring of entry
// is left out.
func alone(program, entry string, brief bool) string {
	lines, ok := scan(program)
	if !ok {
		return program
	}
	from := 0
	for i, l := range lines {
		if l.indent != 0 || len(l.tokens) < 2 || l.first() != "def" || l.tokens[1].text != entry {
			continue
		}
		if i == 0 {
			from = l.from
		}
		if brief && i+2 < len(lines) && documents(lines[i+1]) && lines[i+2].indent == lines[i+1].indent {
			return program[from:lines[i+1].from] + program[lines[i+1].to:]
		}
		break
	}
	return program[from:]
}

func documents(l line) bool { return len(l.tokens) == 1 && l.tokens[0].kind == text }
