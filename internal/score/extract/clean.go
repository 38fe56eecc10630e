package extract

import "strings"

// clean makes an answer into text with "\n" line ends and says what was changed
// beyond them.
func clean(answer string) (string, []string) {
	var notes []string
	text := strings.TrimPrefix(answer, "\ufeff")
	if valid := strings.ToValidUTF8(text, "\ufffd"); valid != text {
		text, notes = valid, append(notes, "bytes that are not UTF-8 were replaced")
	}
	if strings.Contains(text, "\x00") {
		text, notes = strings.ReplaceAll(text, "\x00", ""), append(notes, "NUL characters were removed")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n"), notes
}

// thinkingTags are the marks that models put around what they do not answer.
var thinkingTags = []string{"think", "thinking"}

// dropThinking removes <think>...</think> and reports whether there was any. A
// tag that is never closed takes the rest of the answer with it; a closing tag
// alone takes all that stands before it, since some servers swallow the opening.
func dropThinking(text string) (string, bool) {
	if !strings.Contains(text, "think") {
		return text, false
	}
	var kept strings.Builder
	var fence fenceState
	closing, any := "", false
	for line := range strings.Lines(text) {
		rest := line
		if closing == "" && !fence.open {
			if tag := openingTag(line); tag != "" {
				closing, any = "</"+tag+">", true
			}
		}
		if closing == "" {
			if after, ok := strayClosing(line, fence.open); ok {
				kept.Reset()
				fence, any, rest = fenceState{}, true, after
			}
		} else {
			_, after, ok := strings.Cut(line, closing)
			if !ok {
				continue
			}
			closing, rest = "", after
		}
		fence.step(rest)
		kept.WriteString(rest)
	}
	return kept.String(), any
}

func openingTag(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	for _, tag := range thinkingTags {
		if strings.HasPrefix(trimmed, "<"+tag+">") {
			return tag
		}
	}
	return ""
}

// strayClosing cuts a line at a closing tag that was never opened. Inside a
// fence only a line that begins with it counts: code may speak of the tag.
func strayClosing(line string, inFence bool) (string, bool) {
	for _, tag := range thinkingTags {
		before, after, ok := strings.Cut(line, "</"+tag+">")
		if ok && (!inFence || blank(before)) {
			return after, true
		}
	}
	return "", false
}
