package app

import (
	"os"
	"strings"
	"testing"

	"github.com/assay-bench/assay/internal/fault"
)

func TestTheReadmeDocumentsEverySetting(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Settings() {
		value := s.Default
		if value != "" {
			value = "`" + value + "`"
		}
		row := "| `" + s.Name + "` | " + value + " | " + s.Help + " |"
		if !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks the line\n%s", row)
		}
	}
}

func TestAllThatIsWrongWithTheConfigurationIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := ReadConfig([]string{"ASSAY_ADDR=nowhere", "ASSAY_URL=assay.example", "ASSAY_LOG_FORMAT=xml", "ASSAY_SIMULATED_SPEED=NaN"})
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("got %v", err)
	}
	for _, name := range []string{"ASSAY_ADDR", "ASSAY_URL", "ASSAY_LOG_FORMAT", "ASSAY_SIMULATED_SPEED", "assay help config"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the fault does not name %s: %v", name, err)
		}
	}
	if _, err := ReadConfig([]string{"ASSAY_CALLS=many"}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "Calls") {
		t.Errorf("no number: got %v", err)
	}
	c, err := ReadConfig(nil)
	if err != nil || c.Addr != "127.0.0.1:8080" || c.Data != "./.assay" || !c.Simulated {
		t.Errorf("an empty environment: got %+v, %v", c, err)
	}
}
