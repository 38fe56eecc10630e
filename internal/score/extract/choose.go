package extract

import (
	"slices"
	"strings"
)

// fromBlocks chooses among fenced blocks.
func (t target) fromBlocks(blocks []block) Result {
	var usable, defining []block
	for _, b := range blocks {
		b.text = t.dedented(b.text)
		switch {
		case t.defines(b.text) && !definesAlike(b.lang):
			usable, defining = append(usable, b), append(defining, b)
		case t.mayBeCode(b):
			usable = append(usable, b)
		}
	}
	if len(defining) > 0 {
		return t.fromDefining(defining, usable, len(blocks) == 1)
	}
	if len(usable) == 0 {
		return t.nothingUsable(blocks)
	}
	if len(blocks) == 1 {
		return t.program(usable[0].text, blockRule(usable[0], SingleBlock))
	}
	if last := blocks[len(blocks)-1]; t.mayBeCode(last) {
		return t.program(last.text, blockRule(last, LastFences))
	}
	return t.program(join(usable), JoinedBlocks)
}

// fromDefining takes the last block that defines the function, one that is cut
// off only if no other does, with the blocks that it needs.
func (t target) fromDefining(defining, usable []block, only bool) Result {
	chosen := defining[len(defining)-1]
	if !chosen.closed && len(defining) > 1 {
		chosen = defining[len(defining)-2]
	}
	if only {
		return t.program(chosen.text, blockRule(chosen, SingleBlock))
	}
	if helpers := t.helpers(chosen, usable); len(helpers) > 0 {
		return t.program(join(append(helpers, chosen)), JoinedBlocks)
	}
	if len(usable) == 1 {
		return t.program(chosen.text, blockRule(chosen, SingleBlock))
	}
	return t.program(chosen.text, blockRule(chosen, DefiningBlock))
}

func blockRule(b block, rule string) string {
	if !b.closed {
		return UnclosedFence
	}
	return rule
}

// mayBeCode tells whether a block that does not define the function may be part
// of the program.
func (t target) mayBeCode(b block) bool {
	switch {
	case blank(b.text), isTranscript(b.text), b.lang == "diff", b.lang == "patch", isDiff(b.text):
		return false
	case isPython(b.lang):
		return true
	case b.lang != "":
		return false
	}
	if foreign(b.text) != "" {
		return false
	}
	if _, _, ok := t.body(b.text); ok {
		return true
	}
	code := segments(dedent(b.text))
	return len(code.code) > 0 && !code.prose
}

// nothingUsable says why no block is a program.
func (t target) nothingUsable(blocks []block) Result {
	transcript, lang := false, ""
	for _, b := range blocks {
		if b.lang == "diff" || b.lang == "patch" || isDiff(b.text) {
			return t.fromDiff(b.text)
		}
		transcript = transcript || isTranscriptName(b.lang) || isTranscript(b.text)
		name := foreignNames[b.lang]
		if name == "" && b.lang == "" {
			name = foreign(b.text)
		}
		if lang == "" {
			lang = name
		}
	}
	switch {
	case lang != "":
		return wrongLanguage(lang)
	case transcript:
		return Result{Rule: Transcript, Note: "the answer shows an interactive session; want the function itself"}
	}
	return Result{Rule: NoCode, Note: "no block of the answer is code"}
}

func wrongLanguage(lang string) Result {
	return Result{Rule: WrongLanguage, Note: "the answer is written in " + lang + "; want Python"}
}

// fromBare finds the program in text without fences.
func (t target) fromBare(text string, found parts) Result {
	defining := found.defining()
	if len(defining) == 0 || !t.definesAny(defining) {
		if lang := foreign(text); lang != "" && len(defining) == 0 {
			return wrongLanguage(lang)
		}
		if inside, after, ok := t.bareBody(text); ok {
			return t.underPrompt(inside, after)
		}
	}
	switch {
	case len(defining) == 0 && strings.Contains("\n"+text, "\n>>> "):
		return Result{Rule: Transcript, Note: "the answer shows an interactive session; want the function itself"}
	case len(defining) == 0 && !t.definesAny(all(found)):
		return Result{Rule: NoCode, Note: "the answer is prose"}
	case !t.definesAny(all(found)):
		return t.program(join(defining), BareCode)
	}
	rule := BareCode
	if len(found.code) == 1 && !found.prose {
		rule = WholeAnswer
	}
	var last block
	for _, b := range all(found) {
		if t.defines(b.text) {
			last = b
		}
	}
	return t.program(join(append(t.helpers(last, all(found)), last)), rule)
}

func all(p parts) []block {
	out := make([]block, len(p.code))
	for i, code := range p.code {
		out[i] = block{text: code, closed: true}
	}
	return out
}

func (t target) definesAny(blocks []block) bool {
	for _, b := range blocks {
		if t.defines(b.text) {
			return true
		}
	}
	return false
}

// helpers returns the blocks that define what chosen uses and does not define
// itself. Blocks that use the function in an unindented line are examples of it.
func (t target) helpers(chosen block, blocks []block) []block {
	needed := words(chosen.text)
	for _, name := range topNames(chosen.text) {
		delete(needed, name)
	}
	var out []block
	for i := len(blocks) - 1; i >= 0; i-- {
		if blocks[i].text == chosen.text || t.usedAtTop(blocks[i].text) {
			continue
		}
		used := words(blocks[i].text)
		for _, name := range topNames(blocks[i].text) {
			if needed[name] {
				out = append(out, blocks[i])
				for w := range used {
					needed[w] = true
				}
				break
			}
		}
	}
	slices.Reverse(out)
	return out
}

func join(blocks []block) string {
	var out strings.Builder
	for i, b := range blocks {
		if i > 0 {
			out.WriteString("\n\n")
		}
		out.WriteString(strings.TrimRight(b.text, "\n"))
		out.WriteByte('\n')
	}
	return out.String()
}
