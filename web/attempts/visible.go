package attempts

import (
	"fmt"
	"strings"
	"unicode"
)

// visible writes what a reader could not see, or what would change how the rest
// is seen, as its code point: control characters, bidirectional controls and
// everything else of no width. Line ends and tabs stay.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029', '\u115f', '\u1160', '\u3164', '\uffa0':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// plain ends lines as Unix does and makes the rest visible.
func plain(s string) string {
	return visible(strings.ReplaceAll(s, "\r\n", "\n"))
}

// clip shortens a text of one line to n letters.
func clip(s string, n int) string {
	s = visible(strings.Join(strings.Fields(s), " "))
	if letters := []rune(s); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return s
}

// capped returns at most limit bytes of s, whole lines if there are any, and
// whether that is less than all.
func capped(s string, limit int) (string, bool) {
	if len(s) <= limit {
		return s, false
	}
	cut := strings.ToValidUTF8(s[:limit], "")
	if at := strings.LastIndexByte(cut, '\n'); at > limit/2 {
		cut = cut[:at]
	}
	return cut, true
}
