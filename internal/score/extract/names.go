package extract

import "strings"

// words returns the set of names that a text holds, wherever they stand.
func words(text string) map[string]bool {
	out := map[string]bool{}
	for i := 0; i < len(text); {
		n := identifierLength(text[i:])
		if n == 0 {
			i++
			continue
		}
		out[text[i:i+n]] = true
		i += n
	}
	return out
}

// topNames returns the names that the unindented lines of a program define as
// functions, classes, imports or constants. Variables in small letters are left
// out: in the blocks of an answer they belong to examples.
func topNames(code string) []string {
	var out []string
	for line := range strings.Lines(code) {
		word := line[:identifierLength(line)]
		rest := strings.TrimPrefix(line, "async ")
		switch word {
		case "":
		case "def", "class", "async":
			if name := definedName(rest); name != "" {
				out = append(out, name)
			}
		case "import", "from":
			out = append(out, importedNames(line)...)
		default:
			if word == strings.ToUpper(word) && assigns(line) {
				out = append(out, word)
			}
		}
	}
	return out
}

func definedName(line string) string {
	_, rest, ok := strings.Cut(line, " ")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t")
	return rest[:identifierLength(rest)]
}

// longestImport bounds how much of an import's line is read.
const longestImport = 10_000

// importedNames returns what an import of one line binds.
func importedNames(line string) []string {
	line = cutComment(strings.TrimRight(line[:min(len(line), longestImport)], "\n"))
	list, isFrom := "", strings.HasPrefix(line, "from ")
	if isFrom {
		_, list, _ = strings.Cut(line, " import ")
	} else {
		list = strings.TrimPrefix(line, "import ")
	}
	var out []string
	for item := range strings.SplitSeq(strings.Trim(list, " ()\\"), ",") {
		fields := strings.Fields(item)
		switch {
		case len(fields) == 3 && fields[1] == "as":
			out = append(out, fields[2])
		case len(fields) == 1 && isFrom:
			out = append(out, fields[0])
		case len(fields) == 1:
			top, _, _ := strings.Cut(fields[0], ".")
			out = append(out, top)
		}
	}
	return out
}
