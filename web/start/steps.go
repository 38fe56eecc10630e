package start

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/web/ui"
)

// step is one line of the checklist. The first that is not done is Next, and only
// there do buttons show.
type step struct {
	Title     string
	Text      string
	Simulated bool // the text speaks of simulated models
	Done      bool
	Next      bool
	When      string
	Link      ui.Choice // at the end of the text
	Acts      []ui.ButtonProps
}

func steps(f found) []step {
	list := []step{account(f), problems(f), models(f), firstRun(f), leaderboard(f)}
	next := slices.IndexFunc(list, func(s step) bool { return !s.Done })
	for i := range list {
		s := &list[i]
		s.Next = i == next
		switch {
		case s.Done:
			s.When = "done"
		case s.Next && s.When == "":
			s.When = "next"
		}
		if !s.Next {
			s.Acts = nil
		}
	}
	return list
}

func account(f found) step {
	return step{Title: "Create the owner account", Done: true, Text: f.actor.Name + ", " + f.actor.Role + " of " + f.actor.OrgName}
}

func problems(f found) step {
	s := step{Title: "Fill the problem bank"}
	n := 0
	for _, suite := range f.suites {
		n += suite.Problems
	}
	if n > 0 {
		s.Done, s.Text = true, count(n, "problem")+" in "+count(len(f.suites), "suite")+"."
		s.Link = ui.Choice{Label: "See the problems", Href: "/problems"}
		return s
	}
	s.Text = "Import a file in the HumanEval format: one JSON object a line, plain or gzipped."
	s.Acts = allow(f, access.ManageBank, ui.ButtonProps{Label: "Import problems", Kind: ui.Primary, Href: "/problems"})
	return s
}

func models(f found) step {
	s := step{Title: "Connect a provider", Link: ui.Choice{Label: "See the providers", Href: "/providers"}}
	var names []string
	simulated := 0
	for _, m := range f.models {
		if m.Simulated {
			simulated++
		} else if !slices.Contains(names, m.Provider) {
			names = append(names, m.Provider)
		}
	}
	if s.Done = len(f.models) > 0; !s.Done {
		s.Link = ui.Choice{}
		s.Text = "A vendor with a key, or a server of your own: any endpoint that speaks OpenAI's chat completions. Keys are encrypted at rest."
		s.Acts = allow(f, access.ManageProviders, ui.ButtonProps{Label: "Connect a provider", Kind: ui.Primary, Href: "/providers/new"})
		return s
	}
	if len(names) > 0 {
		s.Text = count(len(f.models)-simulated, "model") + " of " + listed(names) + "."
		return s
	}
	s.Simulated, s.Text = true, count(simulated, "built-in model")+", free and without a key."
	if f.actor.Can(access.ManageProviders) {
		s.Link = ui.Choice{Label: "Connect real ones", Href: "/providers/new"}
	}
	return s
}

// firstRun is done by any complete run; until then it speaks of the newest.
func firstRun(f found) step {
	s := step{Title: "Start the first run"}
	done := slices.IndexFunc(f.runs, func(r bench.Run) bool { return r.State == bench.Completed })
	switch {
	case done >= 0:
		run := f.runs[done]
		s.Done, s.Simulated = true, run.Simulated
		s.Text = run.Name + ": " + count(run.Settled, "attempt") + " on " + run.SuiteName + "."
		s.Link = ui.Choice{Label: "See the run", Href: "/runs/" + run.ID.String()}
	case len(f.runs) > 0 && !f.runs[0].State.Final():
		run := f.runs[0]
		s.Simulated, s.When = run.Simulated, string(run.State)
		s.Text = run.Name + ": " + ui.Count(run.Settled) + " of " + count(run.Planned, "attempt") + " on " + run.SuiteName + " done."
		s.Acts = []ui.ButtonProps{{Label: "Watch the run", Icon: ui.Half, Kind: ui.Primary, Href: "/runs/" + run.ID.String()}}
	default:
		s.Text = "Put the same problems to two models or more. A run of simulated models costs nothing and takes a minute."
		s.Acts = allow(f, access.RunBenchmarks, ui.ButtonProps{Label: "Start a run", Icon: ui.Play, Kind: ui.Primary, Href: "/runs/new"})
	}
	return s
}

func leaderboard(f found) step {
	s := step{Title: "Read the leaderboard"}
	b := f.real
	if len(b.Entries) == 0 {
		b = f.simulated
	}
	if s.Done = len(b.Entries) > 0; !s.Done {
		s.Text = "Complete runs that everyone may see are ranked there, every score with its interval."
		return s
	}
	s.Simulated = b.Filter.Simulated
	s.Text = count(len(b.Entries), "model") + " ranked over " + count(b.Problems, "problem") + "."
	s.Link = ui.Choice{Label: "Open the leaderboard", Href: "/leaderboard"}
	return s
}

// allow gives the button to those who may press it.
func allow(f found, p access.Permission, b ui.ButtonProps) []ui.ButtonProps {
	if !f.actor.Can(p) {
		return nil
	}
	return []ui.ButtonProps{b}
}

// listed writes "Ollama", "Ollama and OpenAI" or "Ollama, OpenAI and 3 more".
func listed(names []string) string {
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n == 2:
		return names[0] + " and " + names[1]
	case n == 3:
		return strings.Join(names[:2], ", ") + " and " + names[2]
	default:
		return strings.Join(names[:2], ", ") + " and " + ui.Count(n-2) + " more"
	}
}
