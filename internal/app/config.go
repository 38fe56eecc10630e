package app

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/caarlos0/env/v11"

	"github.com/assay-bench/assay/internal/fault"
)

// Config is all that the environment says. Its tags are the documentation that
// `assay help config` and the README print.
type Config struct {
	Addr        string  `env:"ASSAY_ADDR" envDefault:"127.0.0.1:8080" help:"address and port that pages are served on"`
	URL         string  `env:"ASSAY_URL" help:"address by which people reach Assay, such as https://assay.example; http://ASSAY_ADDR if empty"`
	Data        string  `env:"ASSAY_DATA" envDefault:"./.assay" help:"directory for the embedded database and the secret key"`
	DatabaseURL string  `env:"DATABASE_URL" help:"Postgres 15 or newer to use instead of the embedded one, such as postgres://assay:password@db/assay"`
	SecretKey   string  `env:"ASSAY_SECRET_KEY,unset" help:"32 bytes in base64 that seal provider keys; kept in ASSAY_DATA/secret.key if empty"`
	Org         string  `env:"ASSAY_ORG" envDefault:"Assay" help:"name that the first organization gets at the first start"`
	Simulated   bool    `env:"ASSAY_SIMULATED" envDefault:"true" help:"whether the built-in simulated models run, and a first run starts on an empty database"`
	SimSpeed    float64 `env:"ASSAY_SIMULATED_SPEED" envDefault:"1" help:"how many times faster than life simulated models answer; 0 means without waiting"`
	Calls       int     `env:"ASSAY_CALLS" envDefault:"32" help:"calls to one provider that this node has under way at once, at most"`
	Slots       int     `env:"ASSAY_SLOTS" help:"programs that this node executes at once; the number of cores if empty"`
	PostgresBin string  `env:"ASSAY_POSTGRES_BIN" help:"directory of the Postgres server programs; looked for if empty"`
	Bwrap       string  `env:"ASSAY_BWRAP" help:"bubblewrap program; looked for in PATH if empty"`
	Python      string  `env:"ASSAY_PYTHON" envDefault:"/usr/bin/python3" help:"Python that candidate programs are executed with"`
	LogFormat   string  `env:"ASSAY_LOG_FORMAT" envDefault:"text" help:"text or json"`
	LogLevel    string  `env:"ASSAY_LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error"`
}

// ReadConfig reads the environment, given as by os.Environ. One fault names
// everything that is wrong with it.
func ReadConfig(environ []string) (Config, error) {
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: env.ToMap(environ)})
	var wrong []string
	if err != nil {
		for line := range strings.SplitSeq(strings.TrimPrefix(err.Error(), "env: "), "; ") {
			wrong = append(wrong, line)
		}
	}
	if err == nil {
		wrong = c.faults()
	}
	if len(wrong) > 0 {
		return c, fault.New(fault.Invalid, "the configuration cannot be used: %s; see `assay help config`", strings.Join(wrong, "; "))
	}
	return c, nil
}

func (c Config) faults() []string {
	var wrong []string
	say := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	_, port, err := net.SplitHostPort(c.Addr)
	say(err != nil || port == "", "ASSAY_ADDR %q is no host:port", c.Addr)
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		say(err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "",
			"ASSAY_URL %q is no address such as https://assay.example, without a path", c.URL)
	}
	say(c.Data == "", "ASSAY_DATA is empty")
	say(c.Org == "" || len(c.Org) > 200, "ASSAY_ORG has to be 1 to 200 letters")
	say(!(c.SimSpeed >= 0 && c.SimSpeed <= 1e6), "ASSAY_SIMULATED_SPEED %v is not between 0 and a million", c.SimSpeed)
	say(c.Calls < 1 || c.Calls > 10_000, "ASSAY_CALLS %d is not between 1 and 10000", c.Calls)
	say(c.Slots < 0 || c.Slots > 1000, "ASSAY_SLOTS %d is not between 1 and 1000", c.Slots)
	say(c.LogFormat != "text" && c.LogFormat != "json", "ASSAY_LOG_FORMAT %q is neither text nor json", c.LogFormat)
	_, err = c.level()
	say(err != nil, "ASSAY_LOG_LEVEL %q is none of debug, info, warn, error", c.LogLevel)
	return wrong
}

func (c Config) level() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(c.LogLevel))
	return l, err
}

// Secure reports whether people reach Assay by https.
func (c Config) Secure() bool { return strings.HasPrefix(c.URL, "https://") }

// Logger returns the log that the configuration asks for, written to w.
func (c Config) Logger(w io.Writer) *slog.Logger {
	level, _ := c.level() // checked by ReadConfig
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// Setting is one line of the configuration's documentation.
type Setting struct{ Name, Default, Help string }

// Settings lists what the environment can say.
func Settings() []Setting {
	var list []Setting
	for i := range reflect.TypeFor[Config]().NumField() {
		tag := reflect.TypeFor[Config]().Field(i).Tag
		name, _, _ := strings.Cut(tag.Get("env"), ",")
		list = append(list, Setting{Name: name, Default: tag.Get("envDefault"), Help: tag.Get("help")})
	}
	return list
}

// PrintSettings writes the documentation of the configuration.
func PrintSettings(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range Settings() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, s.Default, s.Help)
	}
	return table.Flush()
}

// makeData makes the data directory, private to its owner.
func (c Config) makeData() error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fault.New(fault.Unavailable, "the data directory %s cannot be made: %w; choose another with ASSAY_DATA", c.Data, err)
	}
	return nil
}
