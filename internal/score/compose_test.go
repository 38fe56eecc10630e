package score

import "testing"

func TestAnAnswerBecomesAProgram(t *testing.T) {
	t.Parallel()
	const prompt = "from typing import List\n\ndef helper(x):\n    return x\n\ndef f(x: List[int]) -> int:\n    \"\"\" Doc. \"\"\"\n"
	const preamble = "from typing import List\n\ndef helper(x):\n    return x\n\n"
	suite := Suite{Prompt: prompt, EntryPoint: "f"}
	for name, c := range map[string]struct{ code, want string }{
		"a body":                      {"    return 1\n", prompt + "    return 1\n"},
		"a body behind blank lines":   {"\n\n    return 1", prompt + "    return 1\n"},
		"a body that lost its indent": {"y = x\n    return y", prompt + "    y = x\n    return y\n"},
		"a loop that lost its indent": {"for y in x:\n        pass\n    return y", prompt + "    for y in x:\n        pass\n    return y\n"},
		"a single return":             {"return 1", prompt + "    return 1\n"},
		"a function":                  {"def f(x):\n    return 1", preamble + "def f(x):\n    return 1"},
		"a function with an import":   {"import re\ndef f(x):\n    return 1", preamble + "import re\ndef f(x):\n    return 1"},
		"a function with a future":    {"from __future__ import annotations\ndef f(x): return 1", "from __future__ import annotations\n" + preamble + "def f(x): return 1"},
		"an assigned lambda":          {"f = lambda x: 1", preamble + "f = lambda x: 1"},
		"another function, no f":      {"def g(x):\n    return 1", preamble + "def g(x):\n    return 1"},
		"a class of a longer name":    {"class fat:\n    pass", preamble + "class fat:\n    pass"},
		"nothing":                     {"", preamble},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Compose(suite, c.code); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
