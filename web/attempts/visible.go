package attempts

import (
	"strings"

	"github.com/assay-bench/assay/web/ui"
)

// plain ends lines as Unix does and makes the rest visible.
func plain(s string) string {
	return ui.Visible(strings.ReplaceAll(s, "\r\n", "\n"))
}

// clip shortens a text of one line to n letters.
func clip(s string, n int) string {
	s = ui.Visible(strings.Join(strings.Fields(s), " "))
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
