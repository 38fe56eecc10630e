// Package extract finds the program in a model's answer, which may be code,
// prose around code, several fenced blocks, or no program at all.
package extract

import "strings"

// The rules by which a program was found. They are stored with the attempt, so
// their text never changes.
const (
	WholeAnswer   = "whole answer"          // everything is code
	SingleBlock   = "single block"          // the one fenced block
	DefiningBlock = "last defining block"   // of several, the last that defines the function
	LastFences    = "between last fences"   // none defines it: what stands between the last two fences
	JoinedBlocks  = "joined blocks"         // the function and the blocks that it needs
	UnclosedFence = "unclosed fence"        // the answer ends inside its block
	BareCode      = "bare code in prose"    // code without a fence
	BodyOnly      = "body continuation"     // the body alone, put under the prompt
	NewFileDiff   = "diff that adds a file" // the added lines are the program
)

// The rules by which an answer was found to hold no program.
const (
	EmptyAnswer   = "empty answer"
	NoCode        = "no code"
	WrongLanguage = "wrong language"
	PatchOnly     = "diff not supported"
	Transcript    = "interactive transcript"
)

// Result is what an answer holds. Without OK there is no program in it, and Rule
// says why.
type Result struct {
	Code string // the whole program, prompt's imports and helpers included
	Rule string // one of the constants of this package
	Note string // for people: what else was seen, or ""
	OK   bool
}

// Python finds the Python program in answer that is to define entryPoint. prompt
// is what the model was asked to complete: what stands in it before the function
// is put in front of an answer that lacks it, and an answer that is a body alone
// is put under it. The time taken grows in proportion to the answer.
func Python(answer, prompt, entryPoint string) Result {
	text, notes := clean(answer)
	if blank(text) {
		return Result{Rule: EmptyAnswer, Note: strings.Join(notes, "; ")}
	}
	text, thought := dropThinking(text)
	if thought && blank(text) {
		return Result{Rule: NoCode, Note: strings.Join(append(notes, "there is nothing but thinking"), "; ")}
	}
	t := newTarget(prompt, entryPoint)
	r := t.find(t.dedented(text))
	if thought {
		notes = append(notes, "thinking was left out")
	}
	if r.Note != "" {
		notes = append(notes, r.Note)
	}
	r.Note = strings.Join(notes, "; ")
	return r
}

func (t target) find(text string) Result {
	all := segments(text)
	// Code may hold fences in its strings, so this comes before looking for them.
	if len(all.code) == 1 && !all.prose && t.defines(all.code[0]) {
		return t.program(all.code[0], WholeAnswer)
	}
	if isDiff(text) {
		return t.fromDiff(text)
	}
	blocks, outside := fenced(text)
	if len(blocks) == 0 {
		return t.fromBare(text, all)
	}
	r := t.fromBlocks(blocks)
	if r.OK || blank(outside) {
		return r
	}
	if bare := segments(outside); len(bare.defining()) > 0 {
		return t.fromBare(outside, bare)
	}
	return r
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
