package event

import (
	"testing"

	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
