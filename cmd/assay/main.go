// Command assay benchmarks models on code and serves the leaderboard.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/assay-bench/assay/internal/app"
	"github.com/assay-bench/assay/internal/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "assay:", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is 2 for a command or setting that cannot be used, 1 for the rest.
func exitCode(err error) int {
	if fault.KindOf(err) == fault.Invalid {
		return 2
	}
	return 1
}

const help = `Assay finds out which AI model writes code best, on problems it has never seen.

usage: assay <command>

  serve                          serve pages and work runs; prints a sign-in link
  link                           print a fresh sign-in link
  bank import FILE [-suite NAME] add problems in the HumanEval JSONL format
  bank check SUITE               execute every canonical solution and a stub of it
  migrate                        bring the database up to date
  doctor                         say what was found on this machine and what is missing
  help [config]                  this text, or what the environment can say
  version                        the version of this build

The first start needs no configuration: pages are on http://127.0.0.1:8080, data
in ./.assay. Commands beside a server use its database.
`

// run carries out one command.
func run(ctx context.Context, args, environ []string, out, errs io.Writer) error {
	name, rest := "help", []string{}
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "--help":
		if len(rest) > 0 && rest[0] == "config" {
			return app.PrintSettings(out)
		}
		_, err := io.WriteString(out, help)
		return err
	case "version", "--version":
		_, err := fmt.Fprintln(out, "assay", app.Version())
		return err
	}
	config, err := app.ReadConfig(environ)
	if err != nil {
		return err
	}
	log := config.Logger(errs)
	switch name {
	case "serve":
		return app.Serve(ctx, config, log, out)
	case "link":
		return app.Link(ctx, config, log, out)
	case "migrate":
		return app.Migrate(ctx, config, log, out)
	case "doctor":
		return app.Doctor(ctx, config, out)
	case "bank":
		return bank(ctx, config, rest, out, errs)
	}
	return fault.New(fault.Invalid, "there is no command %q; see: assay help", name)
}

// bank carries out the commands about the test bank.
func bank(ctx context.Context, c app.Config, args []string, out, errs io.Writer) error {
	usage := fault.New(fault.Invalid, "usage: assay bank import FILE [-suite NAME], or assay bank check SUITE")
	if len(args) < 2 {
		return usage
	}
	set := flag.NewFlagSet("bank", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	suite := set.String("suite", "", "name of the suite")
	verb, names, err := args[0], []string{}, error(nil)
	for rest := args[1:]; len(rest) > 0; rest = set.Args() {
		if strings.HasPrefix(rest[0], "-") {
			if err = set.Parse(rest); err != nil {
				return errors.Join(usage, err)
			}
			continue
		}
		names = append(names, rest[0])
		if err = set.Parse(rest[1:]); err != nil {
			return errors.Join(usage, err)
		}
	}
	if len(names) != 1 {
		return usage
	}
	log := c.Logger(errs)
	switch verb {
	case "import":
		return app.BankImport(ctx, c, log, out, names[0], *suite)
	case "check":
		return app.BankCheck(ctx, c, log, out, names[0])
	}
	return usage
}
